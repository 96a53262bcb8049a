//! `#[vthread] trait` and its impls, static and `dyn`.

use super::fetching::Error;
use std::collections::HashMap;
use std::sync::Arc;
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
trait Store {
    fn load(&self, key: &str) -> Result<u32, Error>;
    fn put(&mut self, key: &str, value: u32);
    #[plain]
    fn label(&self) -> &'static str {
        "store"
    }
}

struct Memory(HashMap<String, u32>);

#[vthread]
impl Store for Memory {
    fn load(&self, key: &str) -> Result<u32, Error> {
        yield_now();
        self.0.get(key).copied().ok_or(Error::from("missing"))
    }

    fn put(&mut self, key: &str, value: u32) {
        yield_now();
        self.0.insert(key.to_string(), value);
    }
}

fn memory() -> Memory {
    Memory(HashMap::from([("a".into(), 1), ("b".into(), 2)]))
}

#[vthread]
fn by_bound<S: Store>(store: &mut S) -> Result<u32, Error> {
    store.put("c", 5);
    Ok(store.load("a")? + store.load("c")? + store.label().len() as u32)
}

#[vthread]
fn by_impl(store: impl Store) -> Result<u32, Error> {
    store.load("b")
}

#[vthread]
fn by_pointer<S: Store>(store: Arc<S>) -> Result<u32, Error> {
    store.clone().load("b")
}

#[vthread]
fn by_path(store: &Memory) -> Result<u32, Error> {
    Ok(Store::load(store, "a")? + <Memory as Store>::load(store, "b")?)
}

#[vthread]
fn in_parallel<S: Store>(store: &S, keys: &[&str]) -> Result<Vec<u32>, Error> {
    group! {
        let tasks: Vec<_> = keys.iter().map(|key| spawn! { store.load(key)? }).collect();
        tasks.into_iter().map(|task| task.join()).collect()
    }
}

#[test]
fn static_dispatch() {
    assert_eq!(by_bound(&mut memory()), Ok(11));
    assert_eq!(by_impl(memory()), Ok(2));
    assert_eq!(by_pointer(Arc::new(memory())), Ok(2));
    assert_eq!(by_path(&memory()), Ok(3));
    assert_eq!(in_parallel(&memory(), &["a", "b"]), Ok(vec![1, 2]));
    assert_eq!(
        in_parallel(&memory(), &["a", "x"]),
        Err(Error::from("missing"))
    );
}

#[vthread]
trait Codec<T: Send + Sync> {
    type Out: Send;
    fn encode(&self, item: &T) -> Self::Out;
}

#[vthread]
impl Codec<u32> for Memory {
    type Out = String;
    fn encode(&self, item: &u32) -> String {
        yield_now();
        item.to_string()
    }
}

#[vthread]
fn encoded<C: Codec<u32, Out = String>>(codec: &C) -> usize {
    codec.encode(&1).len() + codec.encode(&22).len()
}

#[test]
fn generic_traits_with_associated_types() {
    assert_eq!(encoded(&memory()), 3);
}

#[vthread(dyn)]
trait Shape {
    fn area(&self) -> u32;
    fn scale(&mut self, by: u32);
    fn longest<'a>(&self, words: &mut Vec<&'a str>, _other: &str) -> Option<&'a str>;
    fn label(&self) -> &str;
}

struct Square(u32, String);

#[vthread(dyn)]
impl Shape for Square {
    fn area(&self) -> u32 {
        yield_now();
        self.0 * self.0
    }

    fn scale(&mut self, by: u32) {
        yield_now();
        self.0 *= by;
    }

    fn longest<'a>(&self, words: &mut Vec<&'a str>, _other: &str) -> Option<&'a str> {
        yield_now();
        words.pop()
    }

    fn label(&self) -> &str {
        yield_now();
        &self.1
    }
}

fn square(side: u32) -> Square {
    Square(side, "square".into())
}

#[vthread]
fn scaled(mut shapes: Vec<Box<dyn Shape>>) -> u32 {
    let mut total = 0;
    for shape in &mut shapes {
        shape.scale(2);
        total += shape.area();
    }
    total + shapes[0].label().len() as u32
}

#[vthread]
fn areas(shapes: &[Arc<dyn Shape + Send + Sync>]) -> u32 {
    group! {
        let tasks: Vec<_> = shapes.iter().map(|shape| spawn! { shape.area() }).collect();
        let mut total = 0;
        for task in tasks {
            total += task.join();
        }
        total
    }
}

#[vthread]
fn over_dyn<S: Shape + ?Sized>(shape: &S) -> usize {
    let mut words = vec!["a", "bcd"];
    shape.longest(&mut words, "x").unwrap().len()
}

#[test]
fn dynamic_dispatch() {
    assert_eq!(scaled(vec![Box::new(square(1)), Box::new(square(2))]), 26);
    assert_eq!(areas(&[Arc::new(square(3))]), 9);
    assert_eq!(over_dyn(&square(1)), 3);
    assert_eq!(over_dyn::<dyn Shape>(&square(1)), 3);
}

struct Both(u32);

impl Both {
    fn load(&self, key: &str) -> u32 {
        key.len() as u32
    }
}

#[vthread]
impl Store for Both {
    fn load(&self, _key: &str) -> Result<u32, Error> {
        yield_now();
        Ok(self.0)
    }

    fn put(&mut self, _key: &str, value: u32) {
        yield_now();
        self.0 = value;
    }
}

#[vthread]
fn both(both: &Both) -> Result<u32, Error> {
    Ok(both.load("abc") + Store::load(both, "x")?)
}

#[test]
fn an_inherent_plain_method_of_the_same_name() {
    assert_eq!(both(&Both(7)), Ok(10));
}

trait Maker {
    fn make() -> Self;
}

impl Maker for u8 {
    fn make() -> u8 {
        1
    }
}

trait Row {
    fn column<T: From<u8>>(&self) -> T;
}

impl Row for Both {
    fn column<T: From<u8>>(&self) -> T {
        1.into()
    }
}

#[vthread]
fn plain_traits(row: &Both) -> u64 {
    let column: u64 = row.column();
    u64::from(<u8 as Maker>::make() + u8::make()) + column + Row::column::<u64>(row)
}

#[test]
fn traits_that_never_suspend() {
    assert_eq!(plain_traits(&Both(1)), 4);
}

mod defaults {
    use super::*;

    pub(super) mod inner {
        use super::*;

        #[vthread]
        pub(in crate::language::vthread_traits) trait Counts {
            fn one(&self) -> u32;
            fn two(&self) -> u32 {
                yield_now();
                self.one() + self.one()
            }
            fn many(&self, n: u32) -> u32 {
                let mut sum = 0;
                for _ in 0..n {
                    sum += self.one();
                }
                sum
            }
        }
    }
    use inner::Counts as Renamed;

    struct Unit;

    #[vthread]
    impl Renamed for Unit {
        fn one(&self) -> u32 {
            yield_now();
            1
        }
    }

    struct Pair<T>(T, T);

    #[vthread]
    impl<T> inner::Counts for Pair<T>
    where
        T: inner::Counts,
    {
        fn one(&self) -> u32 {
            self.0.one() + self.1.one()
        }
        fn two(&self) -> u32 {
            self.one() * 2
        }
    }

    #[vthread]
    fn counts() -> u32 {
        Unit.two() + Unit.many(3) + Pair(Unit, Unit).two() + Pair(Unit, Unit).many(2)
    }

    #[test]
    fn methods_left_to_their_defaults_suspend() {
        assert_eq!(counts(), 2 + 3 + 4 + 4);
    }
}

mod same_names {
    use super::*;

    struct Twice(u32);

    #[vthread]
    impl Twice {
        fn load(&self, key: &str) -> u32 {
            yield_now();
            key.len() as u32
        }
    }

    #[vthread(unannounced(load))]
    impl Store for Twice {
        fn load(&self, _key: &str) -> Result<u32, Error> {
            yield_now();
            Ok(self.0)
        }

        fn put(&mut self, _key: &str, value: u32) {
            yield_now();
            self.0 = value;
        }
    }

    #[vthread]
    fn both(mut twice: Twice) -> Result<u32, Error> {
        twice.put("", 5);
        Ok(twice.load("abc") + Store::load(&twice, "x")?)
    }

    #[test]
    fn an_inherent_and_a_trait_method() {
        assert_eq!(both(Twice(1)), Ok(8));
    }
}
