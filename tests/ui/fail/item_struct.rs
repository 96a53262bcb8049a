//! `#[vthread]` on a struct, where its `impl` is meant.
use vthread::prelude::*;

#[vthread]
struct Client {
    id: u32,
}

fn main() {
    let _ = Client { id: 1 }.id;
}
