//! Errors point at what the user wrote.
use vthread::prelude::*;

#[vthread]
fn double(n: u32) -> u32 {
    n * 2
}

struct Client;

#[vthread]
impl Client {
    fn get(&self, n: u32) -> u32 {
        n
    }
}

#[vthread]
fn calls(client: &Client) {
    let text: String = double(1);
    double("a");
    double(1, 2);
    client.get("a");
    client.nope();
    drop(unknown);
    group! {
        for i in 0..3 {
            spawn! { drop(unknown_in_child + i); }
        }
    }
}

fn main() {}
