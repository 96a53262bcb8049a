//! A child that holds an `Rc` of its parent's.
use std::rc::Rc;
use vthread::prelude::*;

#[vthread]
fn f() {
    let config = Rc::new(3);
    group! {
        spawn! {
            println!("{}", *config);
        }
    }
}

fn main() {}
