//! Parking: waiting for another vthread's permission to go on.

use super::current::current;
use crate::driver::time_limit::Limit;
use crate::task::call::vthread_fn;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

vthread_fn! {
    /// Waits until [`unpark`](super::Thread::unpark) is called on the running vthread, unless that
    /// was done since the last `park`.
    ///
    /// As [`std::thread::park`], but the vthread suspends. Check the awaited state again
    /// afterwards: others may call `unpark` as well.
    ///
    /// # Suspends
    /// Always a checkpoint, and until it is called.
    ///
    /// # Cancellation
    /// The wait ends.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::thread;
    ///
    /// let me = thread::current();
    /// std::thread::spawn(move || me.unpark());
    /// thread::park();
    /// ```
    pub fn park = __vthread_park() -> () => impl Future<Output = ()> + Send {
        async { current().token().taken().await }
    }
}

vthread_fn! {
    /// As [`park`](park()), for at most `limit`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until `unpark` is called or the time is over.
    ///
    /// # Cancellation
    /// The wait ends.
    pub fn park_timeout = __vthread_park_timeout(limit: Duration) -> () => impl Future<Output = ()> + Send {
        async move {
            let me = current();
            let mut taken = pin!(me.token().taken());
            let limit = pin!(Limit::after(limit));
            poll_fn(move |cx| match taken.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => limit.as_ref().poll_over(cx),
            })
            .await
        }
    }
}
