//! What rustc warns about in a plain function, it warns about here.
#![deny(warnings)]
use vthread::prelude::*;

#[vthread]
fn load(id: u32) -> Result<u32, ()> {
    Ok(id)
}

#[vthread]
fn f(unused_argument: u32) -> u32 {
    let unused_local = 3;
    let mut never_changed = 1;
    load(1);
    never_changed
}

fn main() {
    f(1);
}
