//! A child's error that only its own thread may have.
use std::rc::Rc;
use vthread::prelude::*;

#[vthread]
fn f() -> Result<(), Rc<str>> {
    group! {
        spawn! { Err(Rc::from("no")) }
    }
}

fn main() {}
