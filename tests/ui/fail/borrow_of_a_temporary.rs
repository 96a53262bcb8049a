//! A child borrows from a temporary of the group's body.
use vthread::prelude::*;

#[vthread]
fn f(n: u32) {
    group! {
        for text in [n.to_string().as_str()] {
            spawn! {
                vthread::yield_now();
                println!("{text}");
            }
        }
    }
}

fn main() {}
