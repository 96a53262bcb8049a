//! The frame of a call of a trait's method: one type for each method, whatever the stream.

use super::first_poll;
use crate::task::call::{Boxed, Call};
use crate::task::current::checkpoint;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The frame of a call of a method of [`Read`](super::Read), [`Write`](super::Write),
/// [`BufRead`](super::BufRead) or [`Seek`](super::Seek).
///
/// It is of one type whatever the stream is, so that the traits can be `dyn`. Of a stream that can
/// be polled, such as a socket, it takes no allocation; of others, such as your own, it is a box.
pub struct IoFrame<'a, O: Future>(Way<'a, O>);

enum Way<'a, O: Future> {
    /// An operation on what can be polled, and whether it has been.
    Polled(O, bool),
    /// The result is there, and has not been given.
    Ready(Option<O::Output>),
    Boxed(Boxed<'a, O::Output>),
}

impl<'a, O: Future + Unpin + Send> IoFrame<'a, O> {
    pub(crate) fn polled(operation: O) -> Call<O::Output, Self> {
        Call::leaf(IoFrame(Way::Polled(operation, false)))
    }

    pub(crate) fn ready(output: O::Output) -> Call<O::Output, Self> {
        Call::leaf(IoFrame(Way::Ready(Some(output))))
    }

    pub(crate) fn boxed(
        frame: impl Future<Output = O::Output> + Send + 'a,
    ) -> Call<O::Output, Self> {
        Call::leaf(IoFrame(Way::Boxed(Box::pin(frame))))
    }
}

/// Nothing in it is pinned but the box, which is by itself.
impl<O: Future> Unpin for IoFrame<'_, O> {}

impl<O: Future + Unpin> Future for IoFrame<'_, O> {
    type Output = O::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O::Output> {
        match &mut self.get_mut().0 {
            Way::Polled(operation, begun) => {
                first_poll::polled(begun, || Pin::new(operation).poll(cx))
            }
            Way::Boxed(frame) => frame.as_mut().poll(cx),
            Way::Ready(output) => {
                ready!(checkpoint(cx));
                Poll::Ready(output.take().expect("a frame is not polled after its end"))
            }
        }
    }
}

impl<O: Future> fmt::Debug for IoFrame<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IoFrame").finish_non_exhaustive()
    }
}
