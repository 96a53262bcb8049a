//! `async` on a method of a `#[vthread] impl`.
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    async fn get(&self, id: u32) -> u32 {
        id + 1
    }
}

fn main() {
    let _: u32 = Client.get(1).block();
}
