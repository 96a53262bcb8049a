use vthread::{map_concurrent, prelude::*};

#[vthread]
fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    map_concurrent([1, 2], 2, closure!(double));
}
