//! A call of a method that is not there.
use vthread::prelude::*;

struct Client;

#[vthread]
fn f(client: &Client) -> u32 {
    client.fetch(3)
}

fn main() {}
