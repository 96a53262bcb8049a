//! `break` in the body of a `catch_unwind!` with no loop around it, and in a child inside.
use vthread::prelude::*;

#[vthread]
fn no_loop() {
    let _ = catch_unwind! {
        vthread::yield_now();
        break;
    };
}

#[vthread]
fn of_a_child() {
    for _ in 0..3 {
        let _ = catch_unwind! {
            group! {
                spawn! { break; }
            }
        };
    }
}

fn main() {}
