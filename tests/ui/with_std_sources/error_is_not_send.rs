//! A group's error moves to the parent's thread.
use std::error::Error;
use vthread::prelude::*;

#[vthread]
fn boxed() -> Result<(), Box<dyn Error>> {
    group! {
        spawn! {}
    }
}

#[vthread]
fn named() {
    let result = group!(error = std::rc::Rc<str> => {
        spawn! {}
    });
    drop(result);
}

fn main() {}
