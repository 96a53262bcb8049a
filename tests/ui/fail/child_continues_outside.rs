//! `continue` with a label of the parent's in a child.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        'urls: for i in 0..3 {
            spawn! {
                loop {
                    if i == 1 {
                        continue 'urls;
                    }
                }
            }
        }
    }
}

fn main() {}
