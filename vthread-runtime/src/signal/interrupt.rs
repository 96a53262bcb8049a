//! Ctrl-c: the signal `SIGINT`.
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
    pub fn ctrl_c = __vthread_ctrl_c() -> io::Result<()> => CtrlC { CtrlC { state: State::New } }
}

/// The frame of [`ctrl_c`].
#[derive(Debug)]
pub struct CtrlC {
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

impl CtrlC {
    fn poll_signal(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let State::New = self.state {
            let news = News::get()?;
            let count = news.count.load(Ordering::SeqCst);
            let waiting = Waiting::new(&news.socket, Direction::Read);
            self.state = State::Waiting {
                news,
                count,
                waiting,
            };
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

impl Future for CtrlC {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(checkpoint(cx));
        self.poll_signal(cx)
    }
}

impl News {
    /// Takes over the signal, once.
    fn get() -> io::Result<&'static News> {
        static NEWS: OnceLock<News> = OnceLock::new();
        static TAKING_OVER: Mutex<()> = Mutex::new(());
        if let Some(news) = NEWS.get() {
            return Ok(news);
        }
        let _guard = TAKING_OVER
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        match NEWS.get() {
            Some(news) => Ok(news),
            None => {
                let news = News::take_over()?;
                Ok(NEWS.get_or_init(|| news))
            }
        }
    }

    fn take_over() -> io::Result<News> {
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
        unsafe { signal_hook_registry::register(SIGINT, tell) }?;
        Ok(News { count, socket })
    }
}

/// Number 2 on every system with signals.
const SIGINT: std::ffi::c_int = 2;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn everybody_who_waits_is_told() {
        for _ in 0..3 {
            let mut frames: Vec<_> = (0..3)
                .map(|_| Box::pin(CtrlC { state: State::New }))
                .collect();
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
