//! A child of the process runs on other threads.
use std::rc::Rc;
use vthread::prelude::*;

fn main() {
    let shared = Rc::new(1);
    background! {
        println!("{shared}");
    };
}
