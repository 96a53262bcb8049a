//! The arrow between the duration and the body is missing.
use vthread::prelude::*;

#[vthread]
fn f() {
    let _ = timeout!(std::time::Duration::from_secs(1), { vthread::yield_now(); });
}

fn main() {}
