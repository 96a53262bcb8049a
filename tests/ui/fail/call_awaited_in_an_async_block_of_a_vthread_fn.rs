//! In an async block, calls of methods are not made, and cannot be awaited.
use vthread::prelude::*;
use vthread::sync::Mutex;

#[vthread]
fn f(total: &Mutex<u32>) {
    async {
        *total.lock().await += 1;
    }
    .await;
}

fn main() {}
