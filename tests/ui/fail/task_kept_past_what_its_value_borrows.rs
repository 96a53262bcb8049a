//! A handle in a variable that lives longer than what the child's value borrows.
use vthread::prelude::*;

#[vthread]
fn f() {
    let task;
    {
        let name = String::from("x");
        task = group! {
            let task = spawn! { name.as_str() };
            task
        };
    }
    println!("{}", task.join());
}

fn main() {}
