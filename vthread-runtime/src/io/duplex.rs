//! A stream in memory.

use super::inherent::inherent_io;
use super::{ErrorKind, Result};
use crate::base::wake::WakeList;
use crate::primitive::Mutex;
use crate::task::current::checkpoint;
use crate::task::taking::checked_taking;
use futures_io::{AsyncRead, AsyncWrite};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

/// Two ends of a stream in memory: bytes written to one of them are read from the other.
///
/// Each direction holds `capacity` bytes; a writer of more waits until some are read.
///
/// # Panics
/// If `capacity` is 0.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// let (mut a, mut b) = vthread::io::duplex(16);
/// a.write_all(b"words").block()?; // In #[vthread] code without the .block()
/// drop(a);
/// let mut text = String::new();
/// b.read_to_string(&mut text).block()?;
/// assert_eq!(text, "words");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn duplex(capacity: usize) -> (DuplexStream, DuplexStream) {
    assert!(capacity > 0, "a duplex stream holds at least a byte");
    let (there, back) = (Arc::new(Pipe::of(capacity)), Arc::new(Pipe::of(capacity)));
    let a = DuplexStream {
        reads: back.clone(),
        writes: there.clone(),
    };
    let b = DuplexStream {
        reads: there,
        writes: back,
    };
    (a, b)
}

/// One end of a stream in memory: see [`duplex`].
///
/// # Cancellation
/// A cancelled read or write has not happened.
#[derive(Debug)]
pub struct DuplexStream {
    reads: Arc<Pipe>,
    writes: Arc<Pipe>,
}

/// One direction.
#[derive(Debug)]
struct Pipe {
    state: Mutex<State>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    /// Nothing more is written.
    is_ended: bool,
    /// Nothing more is read.
    is_deaf: bool,
    readers: Waiters,
    writers: Waiters,
}

/// Those who wait at one end. There is more than one only if an end is shared by reference.
#[derive(Debug, Default)]
struct Waiters {
    first: Option<Waker>,
    others: Vec<Waker>,
}

impl Waiters {
    /// Takes the waker, unless it is among them. What it takes the place of is left there, to be
    /// dropped outside the lock.
    fn enter(&mut self, waker: &mut Option<Waker>) {
        let Some(new) = &*waker else {
            return;
        };
        if self.first.as_ref().is_none_or(|first| first.will_wake(new)) {
            std::mem::swap(&mut self.first, waker);
        } else if !self.others.iter().any(|other| other.will_wake(new)) {
            self.others.extend(waker.take());
        }
    }

    fn wake_all(&mut self, woken: &mut WakeList) {
        woken.extend(self.first.take());
        woken.extend(self.others.drain(..));
    }
}

impl Pipe {
    fn of(capacity: usize) -> Self {
        Pipe {
            state: Mutex::new(State::default()),
            capacity,
        }
    }

    /// Changes the state, and wakes the waiters when the lock has been released.
    fn change<T>(&self, change: impl FnOnce(&mut State, &mut WakeList) -> T) -> T {
        let mut woken = WakeList::default();
        let value = change(&mut self.state.lock(), &mut woken);
        woken.wake_all();
        value
    }

    fn poll_read(&self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize>> {
        // Foreign wakers are cloned and dropped outside the lock.
        let mut waker = Some(cx.waker().clone());
        let polled = self.change(|state, woken| {
            if state.bytes.is_empty() && !state.is_ended && !buf.is_empty() {
                state.readers.enter(&mut waker);
                return Poll::Pending;
            }
            let n = state.bytes.read(buf);
            state.writers.wake_all(woken);
            Poll::Ready(n)
        });
        drop(waker);
        polled
    }

    /// Copies what there is to read, and leaves it there.
    fn poll_peek(&self, cx: &Context<'_>, buf: &mut [u8]) -> Poll<usize> {
        let mut waker = Some(cx.waker().clone());
        let polled = self.change(|state, _| {
            if state.bytes.is_empty() && !state.is_ended && !buf.is_empty() {
                state.readers.enter(&mut waker);
                return Poll::Pending;
            }
            let n = buf.len().min(state.bytes.len());
            let (front, back) = state.bytes.as_slices();
            let bytes = front.iter().chain(back);
            buf.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            Poll::Ready(n)
        });
        drop(waker);
        polled
    }

    fn poll_write(&self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        let mut waker = Some(cx.waker().clone());
        let polled = self.change(|state, woken| {
            if state.is_deaf || state.is_ended {
                return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
            }
            let n = buf.len().min(self.capacity - state.bytes.len());
            if n == 0 && !buf.is_empty() {
                state.writers.enter(&mut waker);
                return Poll::Pending;
            }
            state.readers.wake_all(woken);
            Poll::Ready(state.bytes.write(&buf[..n]))
        });
        drop(waker);
        polled
    }

    fn end(&self) {
        self.change(|state, woken| {
            state.is_ended = true;
            state.readers.wake_all(woken);
        });
    }

    fn turn_deaf(&self) {
        let unread = self.change(|state, woken| {
            state.is_deaf = true;
            state.writers.wake_all(woken);
            std::mem::take(&mut state.bytes)
        });
        drop(unread);
    }
}

impl DuplexStream {
    /// Ends what is written here: the other end reads what there is, and then its end. Does not
    /// wait.
    ///
    /// # Errors
    /// None.
    pub fn shutdown(&self) -> Result<()> {
        self.writes.end();
        Ok(())
    }
}

impl DuplexStream {
    /// Nothing more is read here: the other end writes in vain.
    pub(crate) fn stop_reading(&self) {
        self.reads.turn_deaf();
    }

    /// Reads through a shared reference.
    pub(crate) fn poll_read_shared(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<usize>> {
        // As of a socket: a loser of a race takes none.
        checked_taking(cx, |cx| self.reads.poll_read(cx, buf), Result::is_ok)
    }

    /// Writes through a shared reference.
    pub(crate) fn poll_write_shared(
        &self,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<Result<usize>> {
        checked_taking(cx, |cx| self.writes.poll_write(cx, buf), Result::is_ok)
    }

    /// Copies what there is to read, and leaves it for the next reader. 0: the end.
    pub(crate) fn poll_peek(&self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<Result<usize>> {
        ready!(checkpoint(cx));
        self.reads.poll_peek(cx, buf).map(Ok)
    }
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        self.writes.end();
        self.reads.turn_deaf();
    }
}

impl AsyncRead for DuplexStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<usize>> {
        self.poll_read_shared(cx, buf)
    }
}

impl AsyncWrite for DuplexStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        self.poll_write_shared(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        checkpoint(cx).map(Ok)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(checkpoint(cx));
        Poll::Ready(self.shutdown())
    }
}

inherent_io!(DuplexStream: Read Write);
