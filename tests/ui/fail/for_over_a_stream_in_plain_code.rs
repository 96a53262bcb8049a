//! A `for` of plain code is rustc's: it does not suspend, and knows no streams. In a `#[vthread]`
//! function, or in a closure there, it goes over one.

use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};

struct Ones;

impl Stream for Ones {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Ready(Some(1))
    }
}

fn first() -> Option<u32> {
    for n in Ones {
        return Some(n);
    }
    None
}

fn main() {
    first();
}
