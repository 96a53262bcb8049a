//! All signals of one kind, from some moment on.

use super::SignalKind;
use super::delivery::{Listening, News, poll_news};
use crate::call::for_loop::IntoSuspendingIter;
use crate::primitive::{AtomicUsize, Ordering};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Listens to the signals of this kind, from now on.
///
/// The first call for a kind takes it over for the rest of the process: the system's default
/// action, to end the process for most of them, no longer applies. Does not suspend.
///
/// # Errors
/// The signal cannot be taken over: `SIGKILL`, `SIGSTOP`, those of a fault in the program itself,
/// and numbers that are no signals.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::signal::{SignalKind, listen};
///
/// let hangups = listen(SignalKind::hangup())?;
/// # let me = std::process::id().to_string();
/// # std::process::Command::new("kill").args(["-HUP", &me]).status()?;
/// hangups.recv().block(); // In #[vthread] code: hangups.recv()
/// println!("reading the configuration again");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn listen(kind: SignalKind) -> io::Result<Listener> {
    let news = News::of(kind)?;
    Ok(Listener {
        kind,
        news,
        received: AtomicUsize::new(news.count()),
    })
}

/// The signals of one kind since it was made, by [`listen`]. It misses none, whatever happens
/// between two waits.
///
/// Each signal that reaches the process is received once by each listener; the system, though, may
/// deliver two of a kind as one while the first has not been handled. `for () in &listener`
/// iterates over them without end: in vthread code each step suspends as [`recv`](Listener::recv)
/// does; in plain code, and under an adapter such as `take`, it blocks.
///
/// ```no_run
/// # use vthread_runtime as vthread;
/// use vthread::signal::{SignalKind, listen};
///
/// let hangups = listen(SignalKind::hangup())?;
/// for () in &hangups {
///     println!("reading the configuration again");
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Listener {
    kind: SignalKind,
    news: &'static News,
    /// The count up to which the signals have been received.
    received: AtomicUsize,
}

impl Listener {
    /// Waits for the next signal. Each is received by one waiter of this listener.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is a signal that was not received.
    ///
    /// # Cancellation
    /// Cancelled means not received: the signal stays for the next receiver.
    pub fn recv(&self) -> Call<(), NextSignal<'_>> {
        Call::leaf(self.next_signal())
    }

    /// Returns the kind of its signals.
    pub fn kind(&self) -> SignalKind {
        self.kind
    }

    pub(crate) fn next_signal(&self) -> NextSignal<'_> {
        NextSignal {
            listener: self,
            listening: self.news.listening(),
        }
    }

    fn take(&self) -> Option<()> {
        let next = |received| (received != self.news.count()).then(|| received + 1);
        self.received
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, next)
            .ok()
            .map(drop)
    }
}

suspends!(Listener: "recv");

/// The frame of [`Listener::recv`].
#[derive(Debug)]
pub struct NextSignal<'l> {
    listener: &'l Listener,
    listening: Listening,
}

impl Future for NextSignal<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        ready!(checkpoint(cx));
        let listener = self.listener;
        poll_news(&mut self.listening, cx, || listener.take())
    }
}

impl Iterator for Listener {
    type Item = ();
    fn next(&mut self) -> Option<()> {
        self.recv().block();
        Some(())
    }
}

impl Iterator for &Listener {
    type Item = ();
    fn next(&mut self) -> Option<()> {
        self.recv().block();
        Some(())
    }
}

/// The signals as `for` in vthread code takes them. `L` is the listener, or a reference to it.
#[doc(hidden)]
#[derive(Debug)]
pub struct SignalSteps<L>(L);

impl<L: std::borrow::Borrow<Listener>> SignalSteps<L> {
    /// The next signal.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Call<Option<()>, SignalStep<'_>> {
        Call::leaf(SignalStep(self.0.borrow().next_signal()))
    }
}

/// The frame of a step of a loop over the signals.
#[doc(hidden)]
#[derive(Debug)]
pub struct SignalStep<'l>(NextSignal<'l>);

impl Future for SignalStep<'_> {
    type Output = Option<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<()>> {
        Pin::new(&mut self.0).poll(cx).map(Some)
    }
}

impl IntoSuspendingIter for Listener {
    type Steps = SignalSteps<Listener>;
    fn into_steps(self) -> Self::Steps {
        SignalSteps(self)
    }
}

impl<'l> IntoSuspendingIter for &'l Listener {
    type Steps = SignalSteps<&'l Listener>;
    fn into_steps(self) -> Self::Steps {
        SignalSteps(self)
    }
}

impl<'l> IntoSuspendingIter for &'l mut Listener {
    type Steps = SignalSteps<&'l Listener>;
    fn into_steps(self) -> Self::Steps {
        SignalSteps(self)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::signal::send_to_self;
    use std::task::Waker;

    #[test]
    fn r19_a_listener_misses_none_from_its_creation() {
        let kind = SignalKind::user_defined1();
        let early = listen(kind).unwrap();
        for sent in 1..=3 {
            send_to_self("USR1");
            // The system may deliver two at once if the first one is not there yet.
            while early.news.count() < sent {
                std::thread::yield_now();
            }
        }
        let late = listen(kind).unwrap();
        early.recv().block();
        assert_eq!(early.into_iter().take(2).count(), 2);
        let mut none = late.next_signal();
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut none).poll(&mut cx).is_pending());
        send_to_self("USR1");
        late.recv().block();
    }

    #[test]
    fn what_cannot_be_listened_to_is_refused() {
        let kill = listen(SignalKind::from_raw(libc::SIGKILL)).unwrap_err();
        assert_eq!(kill.kind(), io::ErrorKind::InvalidInput);
        assert!(listen(SignalKind::from_raw(1_000)).is_err());
        assert!(listen(SignalKind::from_raw(-1)).is_err());
    }
}
