//! A child's own `Rc` is alive while the child may change its OS thread.
use std::rc::Rc;
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        spawn! {
            let config = Rc::new(3);
            vthread::yield_now();
            println!("{}", *config);
        }
    }
}

fn main() {}
