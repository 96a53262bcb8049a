//! `yield_now`.

use crate::task::call::vthread_fn;
use crate::task::current::{self, checkpoint};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

vthread_fn! {
    /// Lets other vthreads run: this one goes to the back of its queue.
    ///
    /// # Suspends
    /// Always, once.
    ///
    /// # Cancellation
    /// A suspension point.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// vthread::yield_now();
    /// ```
    pub fn yield_now = __vthread_yield_now() -> () => YieldNow { YieldNow { has_yielded: false } }
}

/// The future of [`yield_now()`].
#[derive(Debug)]
pub struct YieldNow {
    has_yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        ready!(checkpoint(cx));
        if self.has_yielded {
            return Poll::Ready(());
        }
        self.has_yielded = true;
        current::with(|running| match running {
            Some(running) if running.is_own(cx) => running.set_yielded(),
            _ => cx.waker().wake_by_ref(),
        });
        Poll::Pending
    }
}
