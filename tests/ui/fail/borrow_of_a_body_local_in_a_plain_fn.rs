//! The same mistake in a plain function's group.
use vthread::prelude::*;

fn main() {
    group! {
        let name = String::from("x");
        let borrowed = &name;
        spawn! {
            vthread::yield_now();
            println!("{borrowed}");
        }
    }
}
