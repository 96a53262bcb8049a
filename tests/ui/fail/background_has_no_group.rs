//! A child of the process knows nothing of the groups around its `background!`.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        background! {
            spawn! {
                vthread::yield_now();
            }
        };
    }
}

fn main() {
    f();
}
