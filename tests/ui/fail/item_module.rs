//! `#[vthread]` on a module.
use vthread::prelude::*;

#[vthread]
mod downloads {
    pub fn start() {}
}

fn main() {
    downloads::start();
}
