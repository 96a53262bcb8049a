//! Each arm of the group's tail starts a child, and gives the handle as the group's value.
use vthread::prelude::*;

#[vthread]
fn f(is_quick: bool) {
    group! {
        if is_quick {
            spawn! { println!("quick"); }
        } else {
            spawn! { println!("slow"); }
        }
    }
}

fn main() {}
