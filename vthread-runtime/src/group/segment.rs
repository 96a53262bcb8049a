//! Recursion: a call of a function by itself gets a frame of its own on the heap.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Puts the frame of a recursive call on the heap, since a frame cannot contain itself.
pub fn segment<F: Future>(frame: F) -> Segment<F> {
    Segment(Box::pin(frame))
}

/// A frame on the heap.
#[derive(Debug)]
pub struct Segment<F>(Pin<Box<F>>);

impl<F: Future> Future for Segment<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.0.as_mut().poll(cx)
    }
}
