//! Macros that are not vthread's and have a name of one of its: nothing may be expanded as if it were ours.

#![allow(unused_macros)]

use vthread::vthread;

mod other {
    macro_rules! select {
        ($($tokens:tt)*) => {
            0
        };
    }
    macro_rules! shield {
        ($($tokens:tt)*) => {
            1
        };
    }
    pub(crate) use {select, shield};
}

macro_rules! spawn {
    ($($tokens:tt)*) => {
        2
    };
}

#[vthread]
fn number() -> u32 {
    7
}

mod imported {
    use crate::number;
    use crate::other::select;
    use vthread::vthread;

    #[vthread]
    pub fn selects() -> u32 {
        select! {
            n = number() => n,
        }
    }
}

#[vthread]
fn shields() -> u32 {
    use other::shield;
    shield! { number() }
}

#[vthread]
fn spawns() {
    vthread::group! {
        spawn! { number(); }
    }
}

// Checked again where a block has imports of its own.
#[vthread]
fn both() -> u32 {
    let n = {
        use vthread::select;
        select! { n = number() => n }
    };
    use other::select;
    n + select! { n = number() => n }
}

fn main() {
    imported::selects();
    shields();
    spawns();
    both();
}
