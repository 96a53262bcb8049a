//! A child of the outer group uses the inner group's handle as a value.
use vthread::prelude::*;

#[vthread]
fn f() {
    group!(outer => {
        group!(inner => {
            spawn!(outer => { inner.cancel(); });
        });
    });
}

fn main() {}
