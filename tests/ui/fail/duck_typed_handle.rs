//! Only a `&Group` is a group's handle, whatever methods a type has.
use vthread::prelude::*;

struct Duck;

impl Duck {
    #[allow(dead_code)]
    fn spawn<F>(&self, frame: F) -> F {
        frame
    }
    #[allow(dead_code)]
    fn dup(&self) -> Duck {
        Duck
    }
}

#[vthread]
fn quacks() {
    let g = &Duck;
    spawn!(g => {});
}

fn main() {}
