//! The handle is dropped last, with the child's value inside, whose destructor looks at `name`.
use vthread::prelude::*;

struct Loud<'a>(&'a str);

impl Drop for Loud<'_> {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

#[vthread]
fn f() {
    let task;
    let name = String::from("x");
    task = group! {
        let task = spawn! { Loud(&name) };
        task
    };
    println!("{}", task.is_finished());
}

fn main() {}
