//! Something with a `spawn` method is not a group, and must not be given a child's frame.
use std::future::Future;
use vthread::prelude::*;

struct Fake;

impl Fake {
    pub fn spawn<F: Future>(&self, frame: F) {
        std::mem::forget(Box::pin(frame));
    }

    pub fn dup(&self) -> &Self {
        self
    }
}

#[vthread]
fn f(g: &Fake) {
    let name = String::from("x");
    spawn!(g => { println!("{name}"); });
}

fn main() {
    f(&Fake);
}
