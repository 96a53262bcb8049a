//! A child is another vthread: no `break` or `continue` leaves it.
use vthread::prelude::*;

#[vthread]
fn breaks() {
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

#[vthread]
fn continues() {
    'outer: for i in 0..3 {
        group! {
            spawn! {
                if i == 1 {
                    continue 'outer;
                }
            }
        }
    }
}

fn main() {}
