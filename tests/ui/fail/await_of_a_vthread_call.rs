//! `.await` after a call that is made already, and none after a call of an `async fn`.
use vthread::prelude::*;

#[vthread]
fn fetch(url: &str) -> String {
    url.into()
}

async fn count(url: &str) -> usize {
    url.len()
}

#[vthread]
fn with_await() -> String {
    fetch("example.com").await
}

#[vthread]
fn without_await() -> usize {
    count("example.com")
}

fn main() {
    with_await();
    without_await();
}
