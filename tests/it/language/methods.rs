//! Receivers of every kind, associated functions, operators on methods, names that std has too.

use super::proof::{begin, give, num, pause, suspends};
use std::cell::{Cell, RefCell};
use std::pin::{Pin, pin};
use std::rc::Rc;
use vthread::prelude::*;

#[derive(Default)]
struct Machine {
    n: u32,
    inner: Inner,
}

#[derive(Default)]
struct Inner {
    k: u32,
}

#[vthread]
impl Inner {
    fn step(&mut self) -> &mut Self {
        pause();
        self.k += 1;
        self
    }
    fn read(&self) -> u32 {
        pause();
        self.k
    }
}

#[vthread]
impl Machine {
    const START: u32 = 5;

    fn created() -> Self {
        pause();
        Self {
            n: Self::START,
            ..Self::default()
        }
    }
    fn pinned(self: Pin<&mut Self>, n: u32) -> u32 {
        pause();
        let this = self.get_mut();
        this.n += n;
        this.inner.step().step();
        this.n
    }
    fn pinned_shared(self: Pin<&Self>) -> u32 {
        pause();
        self.n + self.inner.read()
    }
    fn twice_pinned(mut self: Pin<&mut Self>) -> u32 {
        self.as_mut().pinned(1) + self.as_mut().pinned(1) + self.as_ref().pinned_shared()
    }
    fn in_rc(self: Rc<Self>) -> u32 {
        pause();
        self.n
    }
    fn in_rc_ref(self: &Rc<Self>) -> usize {
        pause();
        Rc::strong_count(self)
    }
    fn typed(self: &Self, other: &Self) -> bool {
        pause();
        self.n == other.n
    }
    fn typed_mut(self: &mut Self) -> &mut Inner {
        pause();
        &mut self.inner
    }
    fn consumed(mut self) -> Self {
        pause();
        self.n += 1;
        self
    }
    fn named<'a>(&'a self, text: &'a str) -> (&'a u32, &'a str) {
        pause();
        (&self.n, text)
    }
    fn uses_self(&self) -> u32 {
        let Self { n, inner } = self;
        let inner_first = inner.read();
        n + inner_first + self.typed(self) as u32 + Self::created().n
    }
    fn with_callback(&mut self, mut f: impl FnMut(&mut u32)) -> u32 {
        pause();
        f(&mut self.n);
        self.n
    }
}

#[vthread]
fn receivers() -> Vec<u32> {
    begin().await;
    let mut machine = Machine::created();
    let a = Pin::new(&mut machine).pinned(2);
    let b = Pin::new(&machine).pinned_shared();
    // In the argument of `pin!` the call would block.
    let made = Machine::created();
    let mut pinned = pin!(made);
    let c = pinned.as_mut().twice_pinned();
    let d = pinned.inner.read();
    let shared = Rc::new(Machine::created());
    let e = shared.in_rc_ref() as u32 + shared.clone().in_rc();
    let f = machine.typed(&machine) as u32;
    machine.typed_mut().step();
    machine = machine.consumed().consumed();
    let (n, text) = machine.named("abc");
    let g = n + text.len() as u32;
    vec![a, b, c, d, e, f, g, machine.inner.read()]
}

#[test]
fn receivers_of_every_kind() {
    // Each `pinned` suspends three times, `pinned_shared` twice.
    let n = 1 + 3 + 2 + 1 + (3 + 3 + 2) + 1 + 1 + 2 + 1 + 2 + 2 + 1 + 1;
    assert_eq!(suspends(n, receivers), [7, 9, 24, 4, 6, 1, 12, 3]);
}

#[vthread]
fn in_place() -> u32 {
    begin().await;
    let mut machine = Machine::default();
    machine.inner.step().step().step();
    let sum = machine.uses_self();
    let called = Cell::new(0);
    let with = machine.with_callback(|n| {
        *n += 4;
        called.set(called.get() + 1);
    });
    let cell = RefCell::new(machine);
    let read = cell.borrow().inner.read();
    cell.borrow_mut().inner.step();
    let after = cell.borrow().inner.read();
    sum + with + called.get() + read + after
}

#[test]
fn fields_callbacks_and_cells() {
    assert_eq!(
        suspends(3 + 3 + 1 + 3, in_place),
        (3 + 1 + 5) + 4 + 1 + 3 + 4
    );
}

#[vthread]
fn relative() -> u32 {
    begin().await;
    let mut machine = Machine::created();
    let a = Machine::consumed(Machine::default()).n + <Machine>::created().n;
    let b = Machine::uses_self(&machine);
    let c = Inner::read(Inner::step(Machine::typed_mut(&mut machine)));
    let d = <Inner as Default>::default().read() + <Machine as Default>::default().n;
    let e = Inner::read(&<Inner as Default>::default());
    a + b + c + d + e + Machine::START
}

#[test]
fn type_relative_calls() {
    assert_eq!(
        suspends(2 + 1 + 3 + 3 + 1 + 1, relative),
        (1 + 5) + 11 + 1 + 5
    );
}

/// Suspending methods with names that types of std have too.
struct Names;

#[vthread]
impl Names {
    fn get(&self, n: u32) -> Option<u32> {
        pause();
        Some(n)
    }
    fn insert(&self, n: u32) -> u32 {
        pause();
        n
    }
    fn take(&self) -> u32 {
        pause();
        3
    }
    fn next(&self) -> u32 {
        pause();
        4
    }
    fn read(&self) -> u32 {
        pause();
        5
    }
    fn set(&self, n: u32) -> u32 {
        pause();
        n
    }
    fn flush(&self) -> u32 {
        pause();
        7
    }
}

#[vthread]
fn same_names() -> u32 {
    begin().await;
    let names = Names;
    let mut map = std::collections::HashMap::new();
    map.insert(1, 1_u32);
    let plain = map.get(&1).copied().unwrap() + Some(2).take().unwrap() + (-3_i32).abs() as u32;
    let cell = Cell::new(0);
    cell.set(5);
    let lock = std::sync::RwLock::new(6);
    let next = [1].into_iter().next().unwrap() + *lock.read().unwrap() + cell.get();
    plain
        + next
        + names.get(1).unwrap()
        + names.insert(2)
        + names.take()
        + names.next()
        + names.read()
        + names.set(6)
        + names.flush()
}

#[test]
fn names_that_std_has_too() {
    assert_eq!(suspends(7, same_names), 6 + 12 + 28);
}

#[derive(Clone, Copy)]
struct Small(u8);

#[vthread]
impl Small {
    fn worth(self) -> u8 {
        pause();
        self.0
    }
}

#[vthread]
fn copies() -> u8 {
    begin().await;
    let small = Small(1);
    let reference = &small;
    let all = [small; 3];
    let mut sum = small.worth() + small.worth() + reference.worth() + (*reference).worth();
    for each in &all {
        sum += each.worth();
    }
    sum + all[1].worth() + all.map(|s| s.0)[0] + give(small).worth() + num(0) as u8
}

#[test]
fn receivers_that_are_copied() {
    assert_eq!(suspends(4 + 3 + 1 + 2 + 1, copies), 4 + 3 + 1 + 1 + 1);
}

mod foreign {
    use super::*;

    /// The attribute on more than one block, with plain blocks and traits between.
    struct Split(u32);

    #[vthread]
    impl Split {
        fn first(&self) -> u32 {
            self.second() + self.third()
        }
    }
    impl Split {
        fn second(&self) -> u32 {
            self.0
        }
    }
    #[vthread]
    impl Split {
        fn third(&self) -> u32 {
            pause();
            self.0 * 2
        }
    }

    #[vthread]
    fn split() -> u32 {
        begin().await;
        Split(1).first() + Split(2).second() + Split(3).third()
    }

    #[test]
    fn several_blocks() {
        assert_eq!(suspends(2, split), 3 + 2 + 6);
    }
}

/// Only the call tells the parameters of the function that it is made on.
mod generic_receivers {
    use super::*;

    trait Input: AsRef<str> {}
    impl Input for &str {}
    impl Input for String {}

    trait Parse<I> {
        fn run(&self, input: I) -> usize;
    }
    impl<I, F: Fn(I) -> usize> Parse<I> for F {
        fn run(&self, input: I) -> usize {
            self(input)
        }
    }

    fn digits<T: Input>(text: T) -> usize {
        text.as_ref().len()
    }

    #[vthread]
    fn parsed() -> usize {
        begin().await;
        digits.run("abc") + digits.run(String::from("de"))
    }

    #[vthread]
    fn variable_of_that_name(digits: &Split) -> u32 {
        begin().await;
        digits.run() + digits.run()
    }

    struct Split;
    #[vthread]
    impl Split {
        fn run(&self) -> u32 {
            num(1)
        }
    }

    #[test]
    fn t13_a_generic_function_as_the_receiver() {
        assert_eq!(suspends(0, parsed), 5);
        assert_eq!(suspends(2, || variable_of_that_name(&Split)), 2);
    }
}
