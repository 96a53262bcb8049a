//! `#[vthread] impl`: methods and associated functions, through every kind of receiver.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use vthread::prelude::*;
use vthread::yield_now;

trait Weight {
    const WEIGHT: u32;
    fn weight(&self) -> u32 {
        Self::WEIGHT
    }
}

impl Weight for u32 {
    const WEIGHT: u32 = 7;
}

struct Items<T> {
    all: Vec<T>,
    n: u32,
}

#[vthread]
impl<T: Weight> Items<T> {
    const BASE: u32 = 5;

    #[plain]
    fn new(n: u32) -> Self {
        Items { all: Vec::new(), n }
    }

    fn made(n: u32) -> Self {
        yield_now();
        Self {
            all: Vec::with_capacity(n as usize),
            n,
        }
    }

    fn total(&self) -> u32 {
        yield_now();
        self.all.iter().map(|item| item.weight()).sum::<u32>() + Self::BASE + T::WEIGHT + self.n
    }

    fn add(&mut self, item: T) -> &mut Self {
        yield_now();
        self.all.push(item);
        self.n += Self::one(1);
        self
    }

    fn one(x: u32) -> u32 {
        yield_now();
        x
    }

    fn shared(self: Arc<Self>, k: u32) -> u32 {
        yield_now();
        self.n + k
    }

    fn pinned(self: Pin<&mut Self>) -> u32
    where
        T: Unpin,
    {
        yield_now();
        let this = self.get_mut();
        this.n += 1;
        this.n
    }

    fn boxed(self: Box<Self>) -> usize {
        yield_now();
        self.all.len()
    }

    fn into_all(mut self) -> Vec<T> {
        yield_now();
        self.n = 0;
        self.all
    }

    fn first(&self) -> Option<&T> {
        yield_now();
        self.all.first()
    }

    fn pick<'x>(&self, text: &'x str) -> &'x str {
        yield_now();
        text
    }
}

#[vthread]
fn calls() -> u32 {
    let mut items: Items<u32> = Items::made(2);
    items.add(1).add(2).add(3);
    let mut sum = items.total() + Items::<u32>::one(2) + <Items<u32>>::one(3);
    sum += items.first().copied().unwrap() + items.pick("abc").len() as u32;
    sum += Pin::new(&mut items).pinned();
    let shared = Arc::new(Items::<u32>::new(3));
    sum += shared.clone().shared(4) + shared.total();
    sum += Box::new(Items::<u32>::new(3)).boxed() as u32;
    sum + items.into_all().len() as u32
}

#[test]
fn every_receiver_and_signature() {
    assert_eq!(calls(), 38 + 5 + 4 + 6 + 22 + 3);
    assert_eq!(Items::<u32>::made(1).block().n, 1);
}

struct Client {
    n: u32,
}

#[vthread]
impl Client {
    fn get(&self, key: &str) -> Option<u32> {
        yield_now();
        Some(self.n + key.len() as u32)
    }

    fn bump(&mut self) -> u32 {
        yield_now();
        self.n += 1;
        self.n
    }

    fn close(self) -> u32 {
        yield_now();
        self.n
    }
}

/// A user's smart pointer to a type that suspends.
struct Handle(Client);

impl Deref for Handle {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.0
    }
}

impl DerefMut for Handle {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.0
    }
}

/// A type that suspends and points to one that does not.
struct Connection(Vec<u8>);

impl Deref for Connection {
    type Target = Vec<u8>;
    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

#[vthread]
impl Connection {
    fn flush(&self) -> usize {
        yield_now();
        self.len()
    }
}

struct Holder {
    client: Client,
}

const CONSTANT: Client = Client { n: 1 };
static STATIC: Client = Client { n: 2 };
static IN_STATIC: Holder = Holder {
    client: Client { n: 3 },
};

#[vthread]
fn places() -> Vec<u32> {
    let mut handle = Handle(Client { n: 1 });
    let mut out = vec![handle.get("k").unwrap(), handle.bump()];
    let shared = Arc::new(handle);
    out.push(shared.get("q").unwrap());
    out.push(Box::new(Rc::new(Client { n: 1 })).get("z").unwrap());
    let clients = vec![Client { n: 1 }, Client { n: 2 }];
    for client in &clients {
        out.push(client.get("a").unwrap());
    }
    out.push(clients[1].get("b").unwrap() + clients.first().unwrap().get("c").unwrap());
    let index = || 0;
    out.push(clients[index()].get("d").unwrap());
    let pair = (Client { n: 9 }, 1);
    out.push(pair.0.get("y").unwrap());
    let option = clients.into_iter().next();
    out.push(option.as_ref().unwrap().get("x").unwrap() + option.unwrap().close());
    out.push(CONSTANT.get("").unwrap() + STATIC.get("").unwrap());
    out.push(IN_STATIC.client.get("").unwrap());
    out.push([Client { n: 4 }, Client { n: 5 }][1].get("").unwrap());
    out.push({ Client { n: 6 } }.get("").unwrap() + (Client { n: 7 }).get("").unwrap());
    let connection = Connection(vec![1, 2]);
    out.push((connection.flush() + connection.len() + connection.iter().count()) as u32);
    out
}

#[test]
fn every_place() {
    assert_eq!(places(), [2, 2, 3, 2, 2, 3, 5, 2, 10, 3, 3, 3, 5, 13, 6]);
}

#[vthread]
fn through_pointers(pools: &[Arc<Handle>], twice: &&Handle) -> Vec<u32> {
    let mut out = vec![twice.get("").unwrap()];
    for pool in pools {
        out.push(pool.get("a").unwrap());
    }
    out.extend(pools.first().map(|pool| pool.get("b").unwrap()));
    out
}

#[test]
fn a_users_pointer_behind_two_of_std() {
    let pools = [Arc::new(Handle(Client { n: 1 }))];
    assert_eq!(
        through_pointers(&pools, &&Handle(Client { n: 1 })),
        [1, 2, 2]
    );
}

#[vthread]
fn inference() -> (u32, Vec<u32>, String, u64) {
    let map: HashMap<&str, u32> = [("a", 1)].into();
    let sum = [1_u32, 2].iter().sum();
    let found = map.get("a").copied().unwrap_or_default();
    let all: Vec<_> = (0..3).map(|n| n + found).collect();
    let text: String = "x".into();
    let wide: u64 = Client { n: 1 }.get("a").unwrap().into();
    (sum, all, text, wide)
}

#[test]
fn inference_of_plain_methods_is_untouched() {
    assert_eq!(inference(), (3, vec![1, 2, 3], "x".to_owned(), 2));
}

#[vthread]
fn in_closures() -> u32 {
    let client = Client { n: 0 };
    let made: Vec<u32> = (0..3).map(|_| client.get("ab").unwrap()).collect();
    let waited: Vec<u32> = (0..3).map(|_| client.get("abc").block().unwrap()).collect();
    made.iter().sum::<u32>() + waited.iter().sum::<u32>()
}

#[test]
fn calls_in_closures_block_with_and_without_block() {
    assert_eq!(in_closures(), 15);
}

struct Repository<T>(Vec<T>);

#[vthread]
impl<T: Clone> Repository<T> {
    fn find<F: Fn(&T) -> bool>(&self, is_wanted: F) -> Option<T> {
        yield_now();
        self.0.iter().find(|item| is_wanted(item)).cloned()
    }

    fn insert(&mut self, item: T) -> &mut T {
        yield_now();
        self.0.push(item);
        self.0.last_mut().unwrap()
    }
}

#[vthread]
fn generic_methods() -> u32 {
    let mut repository = Repository(vec![1_u32, 2, 3]);
    *repository.insert(7) += 1;
    repository.find(|n| *n > 5).unwrap() + repository.find(|n| *n == 2).unwrap_or_default()
}

#[test]
fn generic_methods_take_closures() {
    assert_eq!(generic_methods(), 10);
}

#[repr(C, packed)]
struct Packed {
    _byte: u8,
    value: u32,
}

#[vthread]
fn packed_field(packed: &Packed) -> u32 {
    packed.value.rotate_left(1) + packed.value.count_ones()
}

#[test]
fn fields_of_packed_structures() {
    assert_eq!(packed_field(&Packed { _byte: 0, value: 3 }), 8);
}
