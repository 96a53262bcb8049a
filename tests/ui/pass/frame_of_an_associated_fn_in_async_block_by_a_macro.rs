//! A macro puts a type-relative call into a future that the user would hold.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

struct Client;

#[vthread]
impl Client {
    fn connect() -> u32 {
        1
    }
}

#[vthread]
fn f() {
    drop(info!(Client::connect()));
}

fn main() {}
