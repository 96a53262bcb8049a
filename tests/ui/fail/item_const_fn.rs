//! A `const fn` is evaluated by the compiler, where nothing can suspend.
use vthread::prelude::*;

#[vthread]
const fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _: u32 = double(1);
}
