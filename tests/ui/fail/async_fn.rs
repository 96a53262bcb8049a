//! A vthread function is written without `async`; its callers compile all the same.
use vthread::prelude::*;

#[vthread]
async fn fetch(n: u32) -> u32 {
    n
}

#[vthread]
fn calls() -> u32 {
    fetch(1) + 1
}

struct Client;

#[vthread]
impl Client {
    async fn get(&self) -> u32 {
        1
    }
}

fn main() {
    let n: u32 = fetch(2) + calls();
    println!("{n}");
}
