//! A macro of the user's with the name of a known one, used as it should be.
#![forbid(unsafe_code)]
#![deny(warnings)]

use vthread::prelude::*;

macro_rules! info {
    ($($e:expr),*) => {
        [$($e),*].len()
    };
}

macro_rules! later {
    ($e:expr) => {
        (|| $e)()
    };
}

#[vthread]
fn load(n: u32) -> u32 {
    vthread::yield_now();
    n
}

#[vthread]
fn f() -> usize {
    let in_place = info!(load(1), load(2));
    in_place + later!(load(3)) as usize
}

fn main() {
    assert_eq!(f(), 5);
}
