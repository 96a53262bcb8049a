//! Each child counts in a copy of its own, which it reads too: rustc sees nothing wrong.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let mut n_done = 0;
        for page in 1..4 {
            spawn! {
                n_done += 1;
                println!("page {page}, {n_done} of 3");
            }
        }
    }
}

fn main() {
    f();
}
