//! An async block is plain code: it does not see the group around it.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        async {
            spawn! { vthread::yield_now(); };
        }
        .await;
    }
}

fn main() {}
