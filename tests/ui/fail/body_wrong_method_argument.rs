//! An argument of another type, to a method.
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    fn get(&self, id: u32) -> u32 {
        id
    }
}

#[vthread]
fn f() -> u32 {
    Client.get("1")
}

fn main() {}
