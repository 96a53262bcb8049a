//! `local` is an option of a function.
use vthread::prelude::*;

struct Client;

#[vthread(local)]
impl Client {
    fn get(&self) -> u32 {
        1
    }
}

fn main() {}
