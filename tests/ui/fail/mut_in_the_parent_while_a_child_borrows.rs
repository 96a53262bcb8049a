//! The body changes what a child looks at.
use vthread::prelude::*;

#[vthread]
fn f() {
    let mut list = vec![1];
    group! {
        spawn! { println!("{}", list.len()); }
        list.push(2);
    }
}

fn main() {}
