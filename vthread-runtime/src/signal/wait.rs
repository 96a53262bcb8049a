//! Waiting for a signal once: ctrl-c (`SIGINT`), and the polite request to end (`SIGTERM`).

use super::SignalKind;
use super::delivery::{Listening, News, poll_news};
use crate::task::call::vthread_fn;
use crate::task::current::checkpoint;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

vthread_fn! {
    /// Waits until the user presses ctrl-c, or `SIGINT` arrives in another way. All waiters are
    /// woken.
    ///
    /// The first wait takes the signal over for the rest of the process: from then on it does not
    /// end the process any more, and one that arrives while there is no wait ends the next one at
    /// once. To have it taken over before the first wait, and every single one counted, use
    /// [`listen`](super::listen).
    ///
    /// # Suspends
    /// Always a checkpoint, and until the signal arrives.
    ///
    /// # Cancellation
    /// The wait ends at once, and the signal is kept for the next wait. Other waiters are woken all
    /// the same.
    ///
    /// # Errors
    /// The signal cannot be taken over.
    ///
    /// # Examples
    /// ```no_run
    /// # use vthread_runtime as vthread;
    /// vthread::signal::ctrl_c()?;
    /// println!("finishing");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn ctrl_c = __vthread_ctrl_c() -> io::Result<()> => Arrival { Arrival::of(SignalKind::interrupt()) }
}

vthread_fn! {
    /// Waits until the process is asked to end: until `SIGTERM` arrives. All waiters are woken.
    ///
    /// As [`ctrl_c`], for the other signal.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the signal arrives.
    ///
    /// # Cancellation
    /// The wait ends at once, and the signal is kept for the next wait. Other waiters are woken all
    /// the same.
    ///
    /// # Errors
    /// The signal cannot be taken over.
    ///
    /// # Examples
    /// ```no_run
    /// # use vthread_runtime as vthread;
    /// vthread::signal::terminate()?;
    /// println!("finishing");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn terminate = __vthread_terminate() -> io::Result<()> => Arrival { Arrival::of(SignalKind::terminate()) }
}

/// The frame of [`ctrl_c`] and [`terminate`].
#[derive(Debug)]
pub struct Arrival {
    kind: SignalKind,
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    news: &'static News,
    /// How many signals earlier waits have reported.
    told: usize,
    listening: Listening,
}

impl Arrival {
    fn of(kind: SignalKind) -> Self {
        Arrival { kind, begun: None }
    }
}

impl Future for Arrival {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(checkpoint(cx));
        let this = &mut *self;
        let begun = match &mut this.begun {
            Some(begun) => begun,
            unbegun => {
                let news = News::of(this.kind)?;
                unbegun.insert(Begun {
                    news,
                    told: news.told(),
                    listening: news.listening(),
                })
            }
        };
        let (news, told) = (begun.news, begun.told);
        let count = ready!(poll_news(&mut begun.listening, cx, || {
            Some(news.count()).filter(|count| *count != told)
        }));
        news.tell(count);
        Poll::Ready(Ok(()))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::signal::send_to_self;
    use std::task::Waker;
    use std::thread;

    fn poll(arrival: &mut Arrival) -> Poll<io::Result<()>> {
        Pin::new(arrival).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn all_who_wait_are_told() {
        for _ in 0..3 {
            let mut frames: Vec<_> = (0..3)
                .map(|_| Arrival::of(SignalKind::interrupt()))
                .collect();
            for frame in &mut frames {
                assert!(poll(frame).is_pending());
            }
            let cancelled = frames.pop();
            send_to_self("INT");
            drop(cancelled);
            thread::scope(|scope| {
                for frame in frames {
                    scope.spawn(|| crate::task::call::Call::leaf(frame).block().unwrap());
                }
            });
        }
    }

    #[test]
    fn r19_a_signal_between_two_waits_is_latched() {
        let kind = SignalKind::user_defined2();
        let wait = || crate::task::call::Call::leaf(Arrival::of(kind)).block();
        assert!(poll(&mut Arrival::of(kind)).is_pending());
        for _ in 0..3 {
            send_to_self("USR2");
            wait().unwrap();
            assert!(poll(&mut Arrival::of(kind)).is_pending());
        }
        // A signal that was not received, because the wait was given up, is kept for the next one.
        let mut given_up = Arrival::of(kind);
        assert!(poll(&mut given_up).is_pending());
        send_to_self("USR2");
        drop(given_up);
        wait().unwrap();
    }
}
