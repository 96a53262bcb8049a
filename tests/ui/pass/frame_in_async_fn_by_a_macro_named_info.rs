//! A macro with the name of a known one puts its argument into an async function.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {{
        async fn held() -> u32 {
            $e
        }
        held()
    }};
}

#[vthread]
fn load() -> u32 {
    vthread::yield_now();
    1
}

#[vthread]
fn f() {
    drop(info!(load()));
}

fn main() {}
