//! A closure that spawns is the group's value, and would spawn when the group is over.
use vthread::prelude::*;

#[vthread]
fn f(names: &[String]) {
    let later = group! {
        || {
            spawn! { println!("{}", names.len()); };
        }
    };
    later();
}

fn main() {}
