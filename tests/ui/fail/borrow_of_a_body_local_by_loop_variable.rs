//! A child borrows what a loop in the group's body goes over.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let names = vec![String::from("x")];
        for name in &names {
            spawn! {
                vthread::yield_now();
                println!("{name}");
            }
        }
    }
}

fn main() {}
