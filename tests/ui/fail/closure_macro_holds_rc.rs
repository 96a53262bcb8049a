use std::rc::Rc;
use vthread::{map_concurrent, prelude::*, yield_now};

fn main() {
    map_concurrent(
        [1, 2],
        2,
        closure!(|n: u32| {
            let n = Rc::new(n);
            yield_now();
            *n
        }),
    );
}
