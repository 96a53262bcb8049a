//! A child borrows from a local of the group's body through a pattern.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let found = Some(String::from("x"));
        if let Some(name) = &found {
            spawn! {
                vthread::yield_now();
                println!("{name}");
            }
        }
    }
}

fn main() {}
