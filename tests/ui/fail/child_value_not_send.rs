//! A child's value that only its own thread may have.
use std::rc::Rc;
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    group! {
        let task = spawn! { Rc::new(3) };
        *task.join()
    }
}

fn main() {}
