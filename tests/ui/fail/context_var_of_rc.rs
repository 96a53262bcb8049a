use std::rc::Rc;
use vthread::prelude::*;

context_var! {
    static SHARED: Rc<u64> = Rc::new(0);
}

fn main() {}
