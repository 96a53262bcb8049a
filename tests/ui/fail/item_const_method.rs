//! A `const fn` in a `#[vthread] impl`.
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    const fn retries(&self) -> u32 {
        3
    }
}

fn main() {}
