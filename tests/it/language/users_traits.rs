//! A user's traits that are implemented for every type, with methods that have the names that
//! generated code calls: the programs behave as without the traits.

// The programs are written as users may write them.
#![allow(
    clippy::wrong_self_convention,
    clippy::new_ret_no_self,
    clippy::useless_vec
)]

use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::{Call, yield_now};

/// One trait for each way of taking `self`, with the same methods.
macro_rules! spies {
    ($($module:ident: [$($this:tt)+];)*) => {
        $(#[allow(dead_code)]
        mod $module {
            pub(super) trait Spy {
                spies! { @methods [$($this)+]
                    // The names in use today.
                    any across asked block blocks check finish finish_infallible frame pass plain source
                    tells which with
                    fail failed finish_as in_child left left_inferred opened returned tail
                    value_of_leaf written
                    // Names that are called by a path, or were once.
                    absurd ask bound by call chosen call_type code closure dup error_type fails finish_race foreign
                    group how index into_iter into_status into_steps is_plain make moved new next of parts reach
                    regain room run segment shield spawn split start status take tell telling value wait
                    __vthread_call __vthread_changed __vthread_claims __vthread_ends __vt_io
                    __vthread_split __vthread_steps claim_failure has_failed __vt_tag __vthread_which __vthread_which_io
                    // Names of std's, called by operators and macros.
                    clone deref fmt from into into_future poll
                }
            }
            impl<T: ?Sized> Spy for T {}
        })*
    };
    (@methods $this:tt $($name:ident)*) => {
        $(spies! { @method $this $name })*
    };
    (@method [$($this:tt)+] $name:ident) => {
        fn $name<A>($($this)+, _: A) -> ! where Self: Sized {
            panic!("a spy was called")
        }
    };
}

spies! {
    by_value: [self];
    by_reference: [&self];
    by_change: [&mut self];
}

/// And with nothing but `self`.
macro_rules! bare_spies {
    ($($module:ident: [$($this:tt)+];)*) => {
        $(#[allow(dead_code)]
        mod $module {
            pub(super) trait Spy {
                bare_spies! { @methods [$($this)+]
                    any asked blocks check is_plain which __vthread_changed __vthread_claims __vthread_ends
                    __vthread_split __vthread_which __vthread_which_io code how into_status make take value
                    fail failed in_child left_inferred plain source tail value_of_leaf written
                }
            }
            impl<T: ?Sized> Spy for T {}
        })*
    };
    (@methods $this:tt $($name:ident)*) => {
        $(bare_spies! { @method $this $name })*
    };
    (@method [$($this:tt)+] $name:ident) => {
        fn $name($($this)+) -> ! where Self: Sized {
            panic!("a spy was called")
        }
    };
}

bare_spies! {
    bare_by_value: [self];
    bare_by_reference: [&self];
    bare_by_change: [&mut self];
}

/// Every construct whose expansion calls something.
macro_rules! programs {
    ($($module:ident with $spies:ident;)*) => {
        $(mod $module {
            #[allow(unused_imports)]
            use super::$spies::Spy as _;
            use super::*;

            #[vthread]
            fn number(n: u32) -> u32 {
                yield_now();
                n
            }

            #[vthread]
            fn attempt(n: u32) -> Result<u32, String> {
                yield_now();
                if n < 100 { Ok(n) } else { Err(format!("{n}")) }
            }

            struct Store(Mutex<u32>);

            #[vthread]
            impl Store {
                fn load(&self) -> u32 {
                    *self.0.lock()
                }
                fn counted(&self, n: u32) -> u32 {
                    if n == 0 { self.load() } else { 1 + self.counted(n - 1) }
                }
                fn made(n: u32) -> Self {
                    yield_now();
                    Store(Mutex::new(n))
                }
            }

            #[vthread]
            trait Climbs {
                fn climb(&self, n: u32) -> u32 {
                    if n == 0 { number(0) } else { 1 + self.climb(n - 1) }
                }
            }

            #[vthread]
            impl Climbs for Store {}

            struct Through(Store);

            impl std::ops::Deref for Through {
                type Target = Store;
                fn deref(&self) -> &Store {
                    &self.0
                }
            }

            #[vthread]
            fn calls() -> u32 {
                let store = Store::made(1);
                let all = [Store::made(2)];
                let through = Through(Store::made(3));
                number(4)
                    + store.load()
                    + all[number(0) as usize].load()
                    + through.load()
                    + Store::made(5).load()
                    + store.climb(6)
                    + store.counted(7)
                    + [1, 2].iter().map(|n| number(*n)).sum::<u32>()
            }

            #[vthread]
            fn loops() -> u32 {
                let (sender, receiver) = channel::<u32>(3);
                let mut sum = 0;
                for n in &vec![1, 2] {
                    sum += number(*n);
                }
                for n in vec![3] {
                    sum += n;
                }
                sender.send(4).unwrap();
                drop(sender);
                for n in receiver {
                    sum += n;
                }
                sum
            }

            #[vthread]
            fn groups() -> Result<u32, String> {
                let total = Mutex::new(0);
                let sum = group! {
                    let n = 1;
                    let task = spawn! { *total.lock() += n; attempt(2) };
                    let other = spawn! { number(3) };
                    let kept = group!(on_failure = keep, error = String => {
                        let failed = spawn! { attempt(200) };
                        Ok(failed.join())
                    })?;
                    task.join() + other.join() + if kept.is_err() { 1 } else { 0 }
                }?;
                let infallible: u32 = shield! { number(4) };
                Ok(sum + infallible + *total.lock())
            }

            #[vthread]
            fn waits() -> u32 {
                let (sender, receiver) = channel::<u32>(1);
                defer! { number(0); }
                let inner = timeout!(std::time::Duration::from_secs(60) => { sender.send(number(1)).unwrap(); number(2) });
                let raced = race!(for n in [3, 3] => attempt(n));
                let selected = select! { got = receiver.recv() => got.unwrap_or(0) };
                inner.unwrap_or(0) + raced.unwrap_or(0) + selected
            }

            #[vthread]
            fn with_closure() -> u32 {
                let twice = vthread::closure!(|n: u32| number(n) * 2);
                let failing = vthread::closure!(|n| attempt(n));
                let all = vthread::map_concurrent(0..3, 4, failing).unwrap_or_default();
                let twice = vthread::map_concurrent([5], 4, twice);
                let twice: u32 = twice.iter().sum();
                twice + all.len() as u32
            }

            #[vthread]
            fn main() -> Result<(), String> {
                number(1);
                Ok(())
            }

            #[test]
            fn r02_users_traits_change_nothing() {
                assert_eq!(calls(), 4 + 1 + 2 + 3 + 5 + 6 + 8 + 3);
                assert_eq!(loops(), 10);
                assert_eq!(groups(), Ok(2 + 3 + 1 + 4 + 1));
                assert_eq!(waits(), 2 + 3 + 1);
                assert_eq!(with_closure(), 13);
                assert_eq!(main(), Ok(()));
                let store = Call::block(Store::made(9));
                assert_eq!(group!(error = String => { Ok(store.load()) }), Ok(9));
            }
        })*
    };
}

programs! {
    beside_by_value with by_value;
    beside_by_reference with by_reference;
    beside_by_change with by_change;
    beside_bare_by_value with bare_by_value;
    beside_bare_by_reference with bare_by_reference;
    beside_bare_by_change with bare_by_change;
}
