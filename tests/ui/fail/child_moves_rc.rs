//! A child that a loop gives an `Rc` of its own.
use std::rc::Rc;
use vthread::prelude::*;

#[vthread]
fn f() {
    let config = Rc::new(3);
    group! {
        for _ in 0..3 {
            let config = config.clone();
            spawn! {
                println!("{}", *config);
            }
        }
    }
}

fn main() {}
