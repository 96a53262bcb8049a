//! An option that `#[vthread]` does not know.
use vthread::prelude::*;

#[vthread(box)]
fn depth(n: u32) -> u32 {
    n
}

fn main() {
    let _: u32 = depth(1);
}
