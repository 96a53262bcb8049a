//! `yield_now`.

use crate::task::call::vthread_fn;
use crate::task::current;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

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

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let has_yielded = self.has_yielded;
        current::with(|running| {
            match running {
                // A checkpoint that spends no budget: it gives way in any case.
                Some(running) if running.is_own(cx) => {
                    if running.must_pause() {
                        return Poll::Pending;
                    }
                    if !has_yielded {
                        running.set_yielded();
                    }
                }
                _ if !has_yielded => cx.waker().wake_by_ref(),
                _ => {}
            }
            self.has_yielded = true;
            if has_yielded {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    }
}
