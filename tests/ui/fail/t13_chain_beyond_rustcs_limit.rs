//! A chain of 33 functions that each call the next: rustc computes the size of their frame, which
//! contains those of all others, only with the attribute that it names. A chain of `async fn` is
//! refused by the same message, from 31 on.
use vthread::prelude::*;

macro_rules! chain {
    ($caller:ident $callee:ident $($rest:ident)*) => {
        #[vthread]
        fn $caller(n: u64) -> u64 {
            $callee(n) + 1
        }
        chain!($callee $($rest)*);
    };
    ($last:ident) => {
        #[vthread]
        fn $last(n: u64) -> u64 {
            vthread::yield_now();
            n + 1
        }
    };
}

chain!(level_1 level_2 level_3 level_4 level_5 level_6 level_7 level_8 level_9 level_10 level_11
    level_12 level_13 level_14 level_15 level_16 level_17 level_18 level_19 level_20 level_21
    level_22 level_23 level_24 level_25 level_26 level_27 level_28 level_29 level_30 level_31
    level_32 level_33);

#[vthread]
fn spawned() -> u64 {
    group! {
        let task = spawn! { level_1(0) };
        task.join()
    }
}

fn main() {
    spawned();
}
