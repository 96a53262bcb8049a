//! `defer!` runs while children of the body may still look.
use vthread::prelude::*;

#[vthread]
fn f() {
    let mut list = vec![1];
    group! {
        defer! { list.push(2); }
        spawn! { println!("{}", list.len()); }
    }
}

fn main() {}
