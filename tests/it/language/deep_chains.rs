//! Chains of calls of different functions: how deep rustc allows them without a `recursion_limit`.

use vthread::prelude::*;
use vthread::yield_now;

/// `first` calls the next, and so on; the last one ends with `$end`.
macro_rules! chain {
    ([$($attr:tt)*] $caller:ident $callee:ident $($rest:ident)* => $end:expr) => {
        #[$($attr)*]
        fn $caller(n: u64) -> u64 {
            $callee(n) + 1
        }
        chain!([vthread] $callee $($rest)* => $end);
    };
    ([$($attr:tt)*] $last:ident => $end:expr) => {
        #[$($attr)*]
        fn $last(n: u64) -> u64 {
            $end(n) + 1
        }
    };
}

#[vthread]
fn end(n: u64) -> u64 {
    yield_now();
    n
}

chain!([vthread] lower_1 lower_2 lower_3 lower_4 lower_5 lower_6 lower_7 lower_8 lower_9 lower_10
    lower_11 lower_12 lower_13 lower_14 lower_15 lower_16 lower_17 lower_18 lower_19 lower_20
    lower_21 lower_22 lower_23 lower_24 lower_25 lower_26 lower_27 lower_28 lower_29 => end);

/// A longer chain is cut here: `Send` is proven, and a size is known.
#[vthread(boxed)]
fn lower(n: u64) -> u64 {
    lower_1(n) + 1
}

chain!([vthread] upper_1 upper_2 upper_3 upper_4 upper_5 upper_6 upper_7 upper_8 upper_9 upper_10
    upper_11 upper_12 upper_13 upper_14 upper_15 upper_16 upper_17 upper_18 upper_19 upper_20
    upper_21 upper_22 upper_23 upper_24 upper_25 upper_26 upper_27 upper_28 upper_29 => lower);

/// rustc computes the size of no chain of more than 31 `async fn`, and of no longer one of vthread
/// functions.
#[vthread]
#[test]
fn t13_a_chain_may_be_as_deep_as_one_of_async_fns() {
    let n = group! {
        let task = spawn! { lower_1(0) };
        task.join()
    };
    assert_eq!(n, 29);
}

#[vthread]
#[test]
fn t13_a_boxed_function_cuts_a_chain_of_sixty() {
    let n = group! {
        let task = spawn! { upper_1(0) };
        task.join()
    };
    assert_eq!(n, 59);
}
