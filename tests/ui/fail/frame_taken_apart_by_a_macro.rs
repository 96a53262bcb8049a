//! A macro that is given tokens must not find a frame in them that it can put elsewhere.
#![forbid(unsafe_code)]
use vthread::prelude::*;

macro_rules! info {
    (( match $callee:tt $args:tt { $x:ident => {
        #[$($allow:tt)*] $l:lifetime : $dead:tt $($rest:tt)*
    } } )) => {
        async { match $callee $args { $x => { $($rest)* } } }
    };
}

#[vthread]
fn load() -> u32 {
    vthread::yield_now();
    1
}

#[vthread]
fn f() {
    std::mem::forget(Box::pin(info!(load())));
}

fn main() {}
