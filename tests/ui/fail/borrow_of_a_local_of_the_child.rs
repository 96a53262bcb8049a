//! A child's value borrows from the child's own local.
use vthread::prelude::*;

#[vthread]
fn f() -> usize {
    group! {
        let name = String::from("x");
        let task = spawn! { name.as_str() };
        task.join().len()
    }
}

fn main() {}
