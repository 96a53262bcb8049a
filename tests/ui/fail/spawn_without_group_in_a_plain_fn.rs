//! `spawn!` in a plain function.
use vthread::prelude::*;

fn main() {
    spawn! {
        vthread::yield_now();
    }
}
