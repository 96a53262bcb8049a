//! A `const fn` in a `#[vthread] impl`.
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    const fn new() -> Self {
        Client
    }
}

fn main() {}
