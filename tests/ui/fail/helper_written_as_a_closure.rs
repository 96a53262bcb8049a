//! A closure spawns by the group's handle, and its child borrows a local of the group's body.
use vthread::prelude::*;

#[vthread]
fn f() -> Result<(), String> {
    group!(g => {
        let name = String::from("x");
        let borrowed = &name;
        let later = || {
            spawn!(g => { println!("{borrowed}"); });
        };
        later();
    })
}

fn main() {}
