//! `#[vthread] fn`: every shape of signature, called from plain code and from vthread code.

#![allow(unsafe_code)] // Unsafe functions are one of the shapes.

use std::sync::Mutex as StdMutex;
use vthread::prelude::*;
use vthread::yield_now;

struct View<'a, T>(&'a T);

struct Point {
    x: u32,
    y: u32,
}

#[vthread]
fn generic<T, U>(first: T, second: U) -> Vec<T>
where
    T: Clone,
    U: Into<T>,
{
    yield_now();
    let mut all = vec![first.clone()];
    all.push(second.into());
    all
}

#[vthread]
fn array<const N: usize, T: Default + Copy>() -> [T; N] {
    yield_now();
    [T::default(); N]
}

#[vthread]
fn impl_arguments(text: impl AsRef<str>, f: impl Fn(u32) -> u32) -> usize {
    yield_now();
    text.as_ref().len() + f(3) as usize
}

#[vthread]
fn longer<'a, 'b: 'a>(a: &'a str, b: &'b str) -> &'a str {
    yield_now();
    if a.len() > b.len() { a } else { b }
}

#[vthread]
fn tail_of(text: &str) -> &str {
    yield_now();
    &text[1..]
}

#[vthread]
fn hidden_lifetime(view: View<u32>) -> u32 {
    yield_now();
    *view.0
}

#[vthread]
fn view_of(n: &u32) -> View<'_, u32> {
    yield_now();
    View(n)
}

#[vthread]
fn push(all: &mut Vec<u32>, mut n: u32) -> usize {
    yield_now();
    n += 1;
    all.push(n);
    all.len()
}

#[vthread]
fn patterns((a, b): (u32, u32), [c, d]: [u32; 2], Point { x, y: up }: Point, _: String) -> u32 {
    yield_now();
    a + b + c + d + x + up
}

#[vthread]
fn boxed_closure(n: u32) -> Box<dyn Fn(u32) -> u32> {
    yield_now();
    Box::new(move |x| x + n)
}

#[vthread]
fn boxed_error(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
    yield_now();
    if text.is_empty() {
        return Err("empty".into());
    }
    Ok(text.parse::<u32>()?)
}

#[vthread]
fn impl_return(n: u32) -> impl Iterator<Item = u32> {
    yield_now();
    (0..n).map(|x| x * 2)
}

#[vthread]
fn split(all: &mut [u8]) -> (&mut [u8], usize) {
    yield_now();
    let n = all.len();
    (all, n)
}

#[vthread]
fn with_attributes(#[allow(unused)] first: u32, #[allow(unused_mut)] mut second: u32) -> u32 {
    second
}

#[vthread]
fn r#match(r#type: u32) -> u32 {
    yield_now();
    r#type + 1
}

#[vthread]
fn never_returns(text: &'static str) -> ! {
    yield_now();
    panic!("{text}")
}

#[vthread]
fn calls_all() -> usize {
    let all: Vec<u64> = generic(1_u64, 2_u32);
    let zeros: [u8; 3] = array();
    let more = array::<2, u32>();
    let text = String::from("hello");
    let mut buffer = [1_u8, 2];
    let (slice, n) = split(&mut buffer);
    slice[0] = 9;
    let number = 9;
    let mut pushed = vec![1, 2];
    let lengths = push(&mut pushed, 4) + push(&mut pushed, 5);
    let point = Point { x: 5, y: 6 };
    all.len()
        + zeros.len()
        + more.len()
        + impl_arguments("abc", |x| x * 2)
        + impl_arguments(String::from("q"), |x| x)
        + longer(&text, "abc").len()
        + tail_of(&text).len()
        + hidden_lifetime(View(&number)) as usize
        + *view_of(&number).0 as usize
        + lengths
        + patterns((1, 2), [3, 4], point, String::new()) as usize
        + boxed_closure(5)(6) as usize
        + boxed_error("42").unwrap() as usize
        + impl_return(4).sum::<u32>() as usize
        + n
        + with_attributes(1, 2) as usize
        + r#match(3) as usize
}

#[test]
fn every_signature() {
    let expected = 2 + 3 + 2 + 9 + 4 + 5 + 4 + 9 + 9 + 7 + 21 + 11 + 42 + 12 + 2 + 2 + 4;
    assert_eq!(calls_all(), expected);
}

#[test]
fn facades_keep_their_signatures() {
    assert_eq!(generic(1_u64, 2_u32), [1, 2]);
    assert_eq!(array::<2, u8>(), [0, 0]);
    assert_eq!(tail_of("abc"), "bc");
    assert!(boxed_error("x").is_err());
    let pointer: fn(&str) -> &str = tail_of;
    assert_eq!(pointer("abc"), "bc");
    assert_eq!([1, 2].map(r#match), [2, 3]);
}

#[test]
fn a_function_that_never_returns_panics_through() {
    let panic = std::panic::catch_unwind(|| never_returns("out")).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), "out");
}

mod drop_order {
    use super::*;

    struct Noted<'a>(&'static str, &'a StdMutex<Vec<&'static str>>);

    impl Drop for Noted<'_> {
        fn drop(&mut self) {
            self.1.lock().unwrap().push(self.0);
        }
    }

    #[vthread]
    fn arguments(_a: Noted<'_>, _: Noted<'_>, _b: Noted<'_>, log: &StdMutex<Vec<&'static str>>) {
        let _local = Noted("local", log);
        yield_now();
    }

    #[test]
    fn is_that_of_a_plain_function() {
        let log = StdMutex::new(Vec::new());
        arguments(
            Noted("a", &log),
            Noted("ignored", &log),
            Noted("b", &log),
            &log,
        );
        assert_eq!(*log.lock().unwrap(), ["local", "b", "ignored", "a"]);
    }
}

mod visibility {
    use super::*;

    mod outer {
        use super::*;

        #[vthread]
        fn private() -> u32 {
            yield_now();
            1
        }

        #[vthread]
        pub(super) fn for_parent() -> u32 {
            private()
        }

        #[vthread]
        pub(crate) fn for_crate() -> u32 {
            self::private() + inner::restricted()
        }

        pub(super) mod inner {
            #[vthread::vthread]
            pub(in crate::language::functions::visibility::outer) fn restricted() -> u32 {
                super::private()
            }
        }

        pub(super) fn plain() -> u32 {
            7
        }
    }

    use outer::for_crate as renamed;

    #[vthread]
    fn calls() -> u32 {
        outer::for_parent() + outer::for_crate() + renamed() + outer::plain()
    }

    #[test]
    fn companions_are_seen_where_their_functions_are() {
        assert_eq!(calls(), 1 + 2 + 2 + 7);
    }
}

mod nested {
    use super::*;

    #[vthread]
    fn in_vthread_code() -> u32 {
        #[vthread]
        fn inner(n: u32) -> u32 {
            yield_now();
            if n == 0 { 0 } else { inner(n - 1) + 1 }
        }
        fn plain(n: u32) -> u32 {
            n
        }
        inner(3) + plain(2)
    }

    fn in_plain_code() -> u32 {
        #[vthread(local)]
        fn inner(n: u32) -> u32 {
            yield_now();
            n
        }
        inner(3)
    }

    #[test]
    fn functions_in_functions() {
        assert_eq!(in_vthread_code(), 5);
        assert_eq!(in_plain_code(), 3);
    }
}

mod local_names {
    use super::*;

    #[vthread]
    fn step(n: u32) -> u32 {
        yield_now();
        n + 1
    }

    #[vthread]
    fn shadowed() -> u32 {
        let before = step(1);
        let step = |n: u32| n * 100;
        let call: fn(u32) -> u32 = |n| n * 1000;
        before + step(1) + call(1)
    }

    #[test]
    fn a_local_variable_is_called_as_it_is() {
        assert_eq!(shadowed(), 2 + 100 + 1000);
    }
}

mod futures {
    use super::*;

    async fn plus_one(n: u32) -> u32 {
        n + 1
    }

    #[vthread]
    fn awaits() -> u32 {
        let direct = plus_one(1).await;
        let block = async { plus_one(2).await + 1 };
        let ready = std::future::ready(5);
        direct + block.await + ready.await
    }

    #[test]
    fn any_future_can_be_awaited() {
        assert_eq!(awaits(), 2 + 4 + 5);
    }
}

trait Fill<T> {
    fn fill(self, value: T) -> T;
}

impl<T> Fill<T> for Option<T> {
    fn fill(self, value: T) -> T {
        self.unwrap_or(value)
    }
}

/// The receiver is `None`; only the call fixes its type.
#[vthread]
fn filled() -> u32 {
    None.fill(3)
}

/// A parameter has the name of its generic function.
#[vthread]
fn own_name<T: Copy>(own_name: T) -> T {
    yield_now();
    own_name
}

/// Types that are inferred from their surroundings, and types in unusual notation.
#[allow(clippy::legacy_numeric_constants)]
#[vthread]
fn inferred() -> (usize, u32, usize) {
    #[allow(non_camel_case_types)]
    type size_t = usize;
    let n: usize = <_>::default();
    let m: u32 = <_>::from(7_u8);
    (n, m, size_t::max_value())
}

#[test]
fn t13_what_only_the_context_tells_is_left_alone() {
    assert_eq!(filled(), 3);
    assert_eq!(own_name(4), 4);
    assert_eq!(inferred(), (0, 7, usize::MAX));
}
