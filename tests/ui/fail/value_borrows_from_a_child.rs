//! What a child owns ends with the child.
use vthread::prelude::*;

#[vthread]
fn returned() -> usize {
    group! {
        let text = String::from("x");
        let task = spawn! { text.as_str() };
        task.join().len()
    }
}

fn main() {}
