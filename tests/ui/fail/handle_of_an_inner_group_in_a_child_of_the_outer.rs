//! The outer group's child may live longer than the inner group.
use vthread::prelude::*;

#[vthread]
fn f() {
    group!(outer => {
        group!(inner => {
            spawn!(outer => {
                spawn!(inner => { vthread::yield_now(); });
            });
        });
    });
}

fn main() {}
