//! The child lends out its own copy of the pair to be changed.
use vthread::prelude::*;

fn turn(pair: &mut (u32, u32)) {
    *pair = (pair.1, pair.0);
}

#[vthread]
fn f() -> u32 {
    group! {
        let mut pair = (1, 2);
        let task = spawn! { turn(&mut pair) };
        task.join();
        pair.0
    }
}

fn main() {
    f();
}
