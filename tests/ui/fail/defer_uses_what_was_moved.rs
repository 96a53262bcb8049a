//! `defer!` runs last: what moves away before is not there any more.
use vthread::prelude::*;

#[vthread]
fn f() {
    let name = String::from("x");
    defer! { println!("{name}"); }
    drop(name);
}

fn main() {}
