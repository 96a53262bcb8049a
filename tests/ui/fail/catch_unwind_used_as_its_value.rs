//! A `catch_unwind!` gives a `Result`, as std's function does.
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    catch_unwind! { 1 }
}

fn main() {}
