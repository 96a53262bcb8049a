use std::rc::Rc;
use vthread::{map_concurrent, prelude::*};

fn main() {
    map_concurrent([1, 2], 2, closure!(|n: u32| Rc::new(n)));
}
