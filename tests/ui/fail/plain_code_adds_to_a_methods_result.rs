//! In plain code a method's call has to be made, with `.block()`.
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    fn get(&self, id: u32) -> u32 {
        id
    }
}

fn main() {
    println!("{}", Client.get(1) + 1);
}
