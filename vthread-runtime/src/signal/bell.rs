//! What a signal handler rings: a socket pair. The handler writes a byte into one end, and the
//! driver watches the other.

use crate::driver::{Direction, Interest, Source, Waiting};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::task::{Context, Poll};

/// A bell, as its hearers have it.
#[derive(Debug)]
pub(super) struct Bell {
    socket: Source<mio::net::UnixStream>,
}

/// A bell, as a signal handler has it.
#[derive(Debug)]
pub(super) struct Ringer(UnixStream);

/// A bell for a thread of its own.
#[derive(Debug)]
pub(super) struct ThreadBell(UnixStream);

impl Bell {
    pub(super) fn new() -> io::Result<(Bell, Ringer)> {
        let (watched, handler) = UnixStream::pair()?;
        watched.set_nonblocking(true)?;
        handler.set_nonblocking(true)?;
        let socket = Source::new(mio::net::UnixStream::from_std(watched), Interest::BOTH)?;
        Ok((Bell { socket }, Ringer(handler)))
    }

    pub(super) fn hearing(&'static self) -> Hearing {
        Hearing(Waiting::new(&self.socket, Direction::Read))
    }
}

impl Ringer {
    /// Makes one non-blocking system call, whose error is a number: it allocates, locks and panics
    /// nowhere.
    pub(super) fn ring(&self) {
        // If the socket is full, the hearers are being woken anyway.
        let _ = (&self.0).write(&[0]);
    }
}

impl ThreadBell {
    pub(super) fn new() -> io::Result<(ThreadBell, Ringer)> {
        let (heard, handler) = UnixStream::pair()?;
        handler.set_nonblocking(true)?;
        Ok((ThreadBell(heard), Ringer(handler)))
    }

    /// Blocks until it rings. False: it never will.
    pub(super) fn hear(&mut self) -> bool {
        self.0.read(&mut [0; 64]).is_ok_and(|n| n > 0)
    }
}

/// A wait for the bell.
#[derive(Debug)]
pub(super) struct Hearing(Waiting<'static, mio::net::UnixStream>);

impl Hearing {
    /// Forgets what has rung so far, and has the next ring wake.
    pub(super) fn leave_waker(&mut self, cx: &mut Context<'_>) {
        let emptied = self.0.poll_io(cx, |mut socket| {
            let mut bytes = [0; 64];
            while socket.read(&mut bytes)? > 0 {}
            Ok(())
        });
        if let Poll::Ready(emptied) = emptied {
            // The handler owns the other end: it is never closed.
            panic!("the socket that tells of signals failed: {emptied:?}");
        }
    }
}
