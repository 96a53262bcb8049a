//! A misspelt option.
use vthread::prelude::*;

#[vthread]
fn f() {
    group!(max_concurency = 3 => {
        spawn! { vthread::yield_now(); }
    })
}

fn main() {}
