//! `break` in a child, whose loop is its parent's.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        for i in 0..3 {
            spawn! {
                if i == 1 {
                    break;
                }
            }
        }
    }
}

fn main() {}
