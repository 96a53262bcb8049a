//! Neither does a function's, a group's, an argument, or an option.
use vthread::prelude::*;

unsafe fn danger() -> usize {
    1
}

#[vthread]
fn double(n: usize) -> usize {
    n * 2
}

#[vthread]
fn f() {
    danger();
    double(danger());
    group!(max_concurrency = danger() => {
        danger();
        spawn!(name = danger().to_string() => { vthread::yield_now(); });
    })
}

fn main() {}
