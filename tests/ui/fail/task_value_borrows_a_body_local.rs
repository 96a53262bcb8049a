//! A child's value borrows from the group's body.
use vthread::prelude::*;

#[vthread]
fn f() -> usize {
    let mut found = "";
    group! {
        let name = String::from("x");
        let borrowed = &name;
        let task = spawn! { borrowed.as_str() };
        found = task.join();
    }
    found.len()
}

fn main() {}
