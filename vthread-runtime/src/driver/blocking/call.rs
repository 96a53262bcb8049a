//! `vthread::blocking`.

use super::offload::Offload;
use crate::task::call::vthread_fn;
use crate::task::current::checkpoint;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

vthread_fn! {
    /// Runs `work` on a helper thread and waits for its result.
    ///
    /// For code that would otherwise block an OS thread which many vthreads share: libraries that
    /// do their own blocking I/O, long computations. At most 512 helpers work at a time
    /// ([`Config::helper_threads`](crate::Config::helper_threads)); more calls than that queue. A
    /// helper that waits in a blocking call of this library leaves its place to another.
    ///
    /// # Suspends
    /// Always a checkpoint, and until `work` is done.
    ///
    /// # Cancellation
    /// The wait ends at once. If `work` has begun, it runs to its end and its result is dropped on
    /// the helper thread; otherwise it never begins.
    ///
    /// # Panics
    /// If `work` panics, with the same payload. If the system refuses to start a helper and there
    /// is none.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// let sum: u64 = vthread::blocking(|| (1..=100).sum());
    /// assert_eq!(sum, 5050);
    /// ```
    pub fn blocking = __vthread_blocking [F, R](work: F) -> R
        [where F: FnOnce() -> R + Send + 'static, R: Send + 'static]
        => Blocking<F, R> { Blocking { offload: Offload::new(work) } }
}

/// The frame of [`blocking`].
#[derive(Debug)]
pub struct Blocking<F, R> {
    offload: Offload<F, R>,
}

impl<F, R> Future for Blocking<F, R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        ready!(checkpoint(cx));
        match ready!(Pin::new(&mut self.offload).poll(cx)) {
            Ok(value) => Poll::Ready(value),
            Err(error) => {
                panic!("vthread::blocking has no helper thread, and cannot start one: {error}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::blocking::offload::n_abandoned;
    use std::sync::mpsc;
    use std::task::Waker;

    #[test]
    fn gives_the_result() {
        assert_eq!(blocking(|| 6 * 7), 42);
    }

    #[test]
    fn carries_a_panic() {
        let panicked =
            std::panic::catch_unwind(|| blocking(|| std::panic::resume_unwind(Box::new(7_i32))));
        assert_eq!(*panicked.unwrap_err().downcast::<i32>().unwrap(), 7);
    }

    /// Reports when, and on which thread, it is dropped.
    struct Told(mpsc::Sender<Option<String>>);
    impl Drop for Told {
        fn drop(&mut self) {
            self.0
                .send(std::thread::current().name().map(str::to_owned))
                .unwrap();
        }
    }

    #[test]
    fn an_abandoned_result_is_dropped_by_the_helper() {
        let (to_work, gate) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        let (told, tells) = mpsc::channel();
        let mut call = Box::pin(Blocking {
            offload: Offload::new(move || {
                begun.send(()).unwrap();
                gate.recv().unwrap();
                Told(told)
            }),
        });
        assert!(
            call.as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        has_begun.recv().unwrap();
        let before = n_abandoned();
        drop(call);
        assert!(n_abandoned() > before);
        to_work.send(()).unwrap();
        assert!(
            tells
                .recv()
                .unwrap()
                .unwrap()
                .starts_with("vthread-helper-")
        );
    }
}
