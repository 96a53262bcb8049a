//! A timeout gives a `Result`.
use std::time::Duration;
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    timeout!(Duration::from_secs(1) => { 1 })
}

fn main() {}
