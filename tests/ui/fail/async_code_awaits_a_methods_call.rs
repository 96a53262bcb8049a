//! A call is not a future: async code that could drop it midway may not hold its frame.
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    fn get(&self, id: u32) -> u32 {
        id
    }
}

pub async fn load() -> u32 {
    Client.get(1).await
}

fn main() {}
