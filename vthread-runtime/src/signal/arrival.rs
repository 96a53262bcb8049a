//! Waiting for a signal: ctrl-c (`SIGINT`), and the polite request to end (`SIGTERM`).
//!
//! # Protocol
//! The signal handler may do next to nothing: it counts the signal, then writes a byte into a socket
//! pair. The driver watches the other end; its readiness wakes whoever waits. A waiter
//! remembers the count with which it began, and is done when that has changed. Before it waits it empties the socket,
//! leaves its waker, and then looks at the count once more: a signal that is counted after that look writes its
//! byte after it too, and so finds the waker.
#![allow(unsafe_code)] // Registers a signal handler.

use crate::driver::{Direction, Interest, Source, Waiting};
use crate::group::call::vthread_fn;
use crate::primitive::{AtomicUsize, Ordering};
use crate::task::current::checkpoint;
use libc::{SIGINT, SIGTERM, c_int};
use std::future::Future;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, ready};

vthread_fn! {
    /// Waits until the user presses ctrl-c, or `SIGINT` arrives in another way. All who wait are told.
    ///
    /// The first call takes the signal over for the rest of the process: from then on it does not end
    /// the process any more, and is lost while nobody waits for it.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the signal arrives.
    ///
    /// # Cancellation
    /// The wait ends at once. Others who wait are told all the same.
    ///
    /// # Errors
    /// The signal cannot be taken over.
    ///
    /// # Examples
    /// ```no_run
    /// vthread_runtime::signal::ctrl_c()?;
    /// println!("finishing");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn ctrl_c = __vthread_ctrl_c() -> io::Result<()> => Arrival { Arrival::of(SIGINT) }
}

vthread_fn! {
    /// Waits until somebody asks the process to end: until `SIGTERM` arrives. All who wait are told.
    ///
    /// As [`ctrl_c`], for the other signal.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the signal arrives.
    ///
    /// # Cancellation
    /// The wait ends at once. Others who wait are told all the same.
    ///
    /// # Errors
    /// The signal cannot be taken over.
    ///
    /// # Examples
    /// ```no_run
    /// vthread_runtime::signal::terminate()?;
    /// println!("finishing");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn terminate = __vthread_terminate() -> io::Result<()> => Arrival { Arrival::of(SIGTERM) }
}

/// The frame of [`ctrl_c`] and [`terminate`].
#[derive(Debug)]
pub struct Arrival {
    signal: c_int,
    state: State,
}

#[derive(Debug)]
enum State {
    New,
    Waiting {
        news: &'static News,
        /// How many signals there had been.
        count: usize,
        waiting: Waiting<'static, mio::net::UnixStream>,
    },
}

/// What the signal handler tells.
#[derive(Debug)]
struct News {
    count: Arc<AtomicUsize>,
    socket: Source<mio::net::UnixStream>,
}

impl Arrival {
    pub(super) fn of(signal: c_int) -> Self {
        Arrival {
            signal,
            state: State::New,
        }
    }

    /// A wait that begins now, and not when it is polled.
    pub(super) fn begun(signal: c_int) -> io::Result<Self> {
        let mut arrival = Arrival::of(signal);
        arrival.begin()?;
        Ok(arrival)
    }

    fn begin(&mut self) -> io::Result<()> {
        let news = News::of(self.signal)?;
        self.state = State::Waiting {
            news,
            count: news.count.load(Ordering::SeqCst),
            waiting: Waiting::new(&news.socket, Direction::Read),
        };
        Ok(())
    }

    fn poll_signal(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let State::New = self.state {
            self.begin()?;
        }
        let State::Waiting {
            news,
            count,
            waiting,
        } = &mut self.state
        else {
            unreachable!()
        };
        let emptied = waiting.poll_io(cx, |mut socket| {
            let mut bytes = [0; 64];
            while socket.read(&mut bytes)? > 0 {}
            Ok(())
        });
        if news.count.load(Ordering::SeqCst) != *count {
            return Poll::Ready(Ok(()));
        }
        // The handler owns the other end, so it is never closed; but an error would come again.
        emptied
    }
}

impl Future for Arrival {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(checkpoint(cx));
        self.poll_signal(cx)
    }
}

impl News {
    /// Takes over the signal, once.
    fn of(signal: c_int) -> io::Result<&'static News> {
        static INTERRUPT: OnceLock<News> = OnceLock::new();
        static TERMINATE: OnceLock<News> = OnceLock::new();
        static TAKING_OVER: Mutex<()> = Mutex::new(());
        let news = if signal == SIGINT {
            &INTERRUPT
        } else {
            &TERMINATE
        };
        if let Some(news) = news.get() {
            return Ok(news);
        }
        let _guard = TAKING_OVER
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        match news.get() {
            Some(news) => Ok(news),
            None => {
                let taken = News::take_over(signal)?;
                Ok(news.get_or_init(|| taken))
            }
        }
    }

    fn take_over(signal: c_int) -> io::Result<News> {
        let (watched, handlers) = UnixStream::pair()?;
        watched.set_nonblocking(true)?;
        handlers.set_nonblocking(true)?;
        let socket = Source::new(mio::net::UnixStream::from_std(watched), Interest::BOTH)?;
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let tell = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            // If the socket is full, those who wait are being told anyway.
            let _ = (&handlers).write(&[0]);
        };
        // SAFETY: The handler adds to an atomic and makes one non-blocking system call: it allocates,
        // locks and panics nowhere. The error of `write` is a number.
        unsafe { signal_hook_registry::register(signal, tell) }?;
        Ok(News { count, socket })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn everybody_who_waits_is_told() {
        for _ in 0..3 {
            let mut frames: Vec<_> = (0..3).map(|_| Box::pin(Arrival::of(SIGINT))).collect();
            for frame in &mut frames {
                let mut cx = Context::from_waker(std::task::Waker::noop());
                assert!(frame.as_mut().poll(&mut cx).is_pending());
            }
            let cancelled = frames.pop();
            raise();
            drop(cancelled);
            thread::scope(|scope| {
                for frame in frames {
                    scope.spawn(|| crate::group::call::Call::leaf(frame).wait().unwrap());
                }
            });
        }
    }

    /// Sends the signal to this process, as the terminal would.
    fn raise() {
        let status = std::process::Command::new("kill")
            .arg("-INT")
            .arg(std::process::id().to_string())
            .status();
        assert!(status.unwrap().success());
    }
}
