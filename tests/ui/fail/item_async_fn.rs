//! `async` on a function that `#[vthread]` makes suspend by itself.
use vthread::prelude::*;

#[vthread]
async fn load(id: u32) -> u32 {
    id + 1
}

fn main() {
    // The signature stays, so that the one mistake gives one error.
    let _: u32 = load(1);
}
