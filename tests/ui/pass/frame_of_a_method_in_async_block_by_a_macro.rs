//! A macro puts the call of a method into a future that the user would hold.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

struct Client;

#[vthread]
impl Client {
    fn get(&self) -> u32 {
        1
    }
}

#[vthread]
fn f() {
    drop(info!(Client.get()));
}

fn main() {}
