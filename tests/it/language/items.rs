//! Items in bodies, and every place a vthread function can be an item of.

use super::proof::{begin, num, pause, suspends};
use std::sync::atomic::{AtomicU32, Ordering};
use vthread::prelude::*;

const fn seven() -> u32 {
    7
}

#[vthread]
fn local_items() -> u32 {
    begin().await;
    const LIMIT: u32 = seven();
    static CALLS: AtomicU32 = AtomicU32::new(LIMIT);
    type Number = u32;
    #[derive(Clone, Copy, PartialEq, Default)]
    struct Local<T>(T);
    enum Choice {
        A = 3,
        B,
    }
    union Bits {
        n: u32,
        _f: f32,
    }
    trait Double {
        fn double(&self) -> u32;
    }
    impl Double for Local<u32> {
        fn double(&self) -> u32 {
            self.0 * 2
        }
    }
    impl<T: Copy> Local<T> {
        const K: u32 = 2;
        fn inner(&self) -> T {
            self.0
        }
    }
    mod inside {
        pub(super) const N: u32 = 5;
        pub(super) fn plain() -> u32 {
            N
        }
        #[vthread::vthread]
        pub(super) fn suspending(n: u32) -> u32 {
            super::pause();
            n
        }
    }
    use Choice::{A, B as Other};
    use inside::suspending as renamed;
    macro_rules! add {
        ($a:expr) => {
            $a + LIMIT
        };
    }
    fn generic<T: Into<Number>>(value: T) -> Number {
        value.into()
    }

    CALLS.fetch_add(num(1), Ordering::Relaxed);
    let local = Local(num(4));
    let bits = Bits { n: 1 };
    let choice = if num(1) == 1 { A } else { Other };
    let n: Number = match choice {
        A => add!(1),
        Other => 0,
    };
    let _ = bits;
    n + local.double()
        + local.inner()
        + Local::<u32>::K
        + CALLS.load(Ordering::Relaxed)
        + inside::N
        + generic(3_u8)
        + choice as u32
        + renamed(1)
        + const { seven() + 1 }
        + [LIMIT; { seven() as usize }].len() as u32
        + Local::<Number>::default().0
        + num(LIMIT)
        + inside_plain(inside::plain)
}

fn inside_plain(f: fn() -> u32) -> u32 {
    f()
}

#[test]
fn items_in_a_body() {
    let expected = 8 + 8 + 4 + 2 + 8 + 5 + 3 + 3 + 1 + 8 + 7 + 7 + 5;
    assert_eq!(suspends(5, local_items), expected);
}

#[vthread]
fn local_vthread_items() -> u32 {
    begin().await;
    #[vthread]
    fn first(n: u32) -> u32 {
        second(n) + 1
    }
    #[vthread]
    fn second(n: u32) -> u32 {
        pause();
        n
    }
    struct Thing(u32);
    #[vthread]
    impl Thing {
        fn worth(&self) -> u32 {
            pause();
            self.0
        }
    }
    #[vthread]
    trait Named {
        fn name_length(&self) -> u32;
    }
    #[vthread]
    impl Named for Thing {
        fn name_length(&self) -> u32 {
            pause();
            5
        }
    }
    let inner = {
        #[vthread]
        fn first(n: u32) -> u32 {
            pause();
            n * 100
        }
        first(1) + Thing(2).worth() + Thing(3).name_length()
    };
    inner + first(4)
}

#[test]
fn vthread_items_in_a_body() {
    assert_eq!(
        super::proof::suspends_and_blocks(3, 1, local_vthread_items),
        100 + 2 + 5 + 5
    );
}

static TABLE: [u32; 3] = [1, 2, 3];
static COUNTER: AtomicU32 = AtomicU32::new(0);
const TEXT: &str = "constant";

struct Config {
    n: u32,
    next: Option<&'static Config>,
}

static CONFIG: Config = Config {
    n: 1,
    next: Some(&Config { n: 2, next: None }),
};

#[vthread]
impl Config {
    fn worth(&self) -> u32 {
        pause();
        self.n
    }
    fn next_one(&self) -> Option<&Config> {
        pause();
        self.next
    }
}

impl Config {
    const DEFAULT: Config = Config { n: 9, next: None };
}

#[vthread]
fn statics() -> u32 {
    begin().await;
    COUNTER.fetch_add(num(2), Ordering::SeqCst);
    let table = TABLE[num(1) as usize];
    table
        + COUNTER.load(Ordering::SeqCst)
        + TEXT.len() as u32
        + CONFIG.worth()
        + CONFIG.next_one().unwrap().worth()
        + CONFIG.next.unwrap().worth()
        + Config::DEFAULT.worth()
        + (Config::DEFAULT).n
}

#[test]
fn statics_and_constants() {
    assert_eq!(suspends(7, statics), 2 + 2 + 8 + 1 + 2 + 2 + 9 + 9);
}

thread_local! {
    static LOCAL: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

#[vthread]
fn thread_locals() -> u32 {
    begin().await;
    LOCAL.set(num(3));
    LOCAL.with(|local| local.set(local.get() + 1));
    LOCAL.get() + num(1)
}

#[test]
fn thread_locals_between_suspensions() {
    assert_eq!(suspends(2, thread_locals), 5);
}

mod enums {
    use super::*;

    #[derive(Clone, Copy)]
    enum State {
        Idle,
        Busy(u32),
    }

    #[vthread]
    impl State {
        fn advance(self) -> Self {
            pause();
            match self {
                Self::Idle => Self::Busy(1),
                Self::Busy(n) if n > 2 => Self::Idle,
                Self::Busy(n) => Self::Busy(n + 1),
            }
        }
        fn load(&self) -> u32 {
            pause();
            if let Self::Busy(n) = *self { n } else { 0 }
        }
    }

    #[vthread]
    fn all() -> u32 {
        begin().await;
        let mut state = State::Idle;
        let mut sum = 0;
        for _ in 0..5 {
            state = state.advance();
            sum += state.load();
        }
        sum + State::Busy(4).load() + State::load(&State::Busy(5))
    }

    #[test]
    fn methods_of_enums() {
        assert_eq!(suspends(12, all), (1 + 2 + 3 + 1) + 9);
    }
}
