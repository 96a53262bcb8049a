//! The companion module takes the name of a module that the user has.
use vthread::prelude::*;

mod download {
    pub fn retries() -> u32 {
        3
    }
}

#[vthread]
fn download() -> u32 {
    download::retries()
}

fn main() {}
