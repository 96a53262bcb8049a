//! Accepting, and the pauses while the system is short of descriptors or memory.

use super::refusals::is_shortage;
use super::without_waiting::check_acceptable;
use super::{SocketAddr, TcpStream};
use crate::driver::{Direction, Source, Waiting};
use crate::primitive::{AtomicUsize, Ordering};
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How long `accept` waits for descriptors and memory: the first time, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// How often in a row a listener found that there are no descriptors, or no memory.
#[derive(Debug, Default)]
pub(in crate::net) struct Shortage(AtomicUsize);

impl Shortage {
    /// Once more: how long to wait.
    pub(in crate::net) fn meet(&self) -> Duration {
        let n = self.0.fetch_add(1, Ordering::Relaxed).min(16);
        (FIRST_PAUSE * (1 << n)).min(LAST_PAUSE)
    }

    pub(in crate::net) fn is_over(&self) {
        if self.0.load(Ordering::Relaxed) > 0 {
            self.0.swap(0, Ordering::Relaxed);
        }
    }
}

/// The frame of [`TcpListener::accept`](super::TcpListener::accept).
#[derive(Debug)]
pub struct Accept<'l> {
    waiting: Waiting<'l, mio::net::TcpListener>,
    blocks: bool,
    shortage: &'l Shortage,
    pause: Pause,
}

#[derive(Debug)]
enum Pause {
    NotMet,
    /// Seldom, so in a place of its own.
    Waits(Pin<Box<Sleep>>),
    Over,
}

impl<'l> Accept<'l> {
    pub(super) fn from(
        source: &'l Source<mio::net::TcpListener>,
        blocks: bool,
        shortage: &'l Shortage,
    ) -> Self {
        Accept {
            waiting: Waiting::new(source, Direction::Read),
            blocks,
            shortage,
            pause: Pause::NotMet,
        }
    }
}

impl Future for Accept<'_> {
    type Output = io::Result<(TcpStream, SocketAddr)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(checkpoint(cx));
        let this = &mut *self;
        loop {
            if let Pause::Waits(sleep) = &mut this.pause {
                ready!(sleep.as_mut().poll(cx));
                this.pause = Pause::Over;
            }
            let attempt = |listener: &mio::net::TcpListener| {
                if this.blocks {
                    check_acceptable(listener)?;
                }
                listener.accept()
            };
            match ready!(this.waiting.poll_io(cx, attempt)) {
                Err(error) if is_shortage(&error) => {
                    if let Pause::Over = this.pause {
                        return Poll::Ready(Err(error));
                    }
                    this.pause = Pause::Waits(Box::pin(Sleep::for_duration(this.shortage.meet())));
                }
                Err(error) => return Poll::Ready(Err(error)),
                Ok((stream, peer)) => {
                    this.shortage.is_over();
                    let stream = TcpStream::accepted(stream);
                    return Poll::Ready(stream.map(|stream| (stream, peer)));
                }
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn r24_the_pause_doubles_up_to_a_second() {
        let shortage = Shortage::default();
        let pauses: Vec<_> = (0..100).map(|_| shortage.meet().as_millis()).collect();
        assert_eq!(pauses[..9], [5, 10, 20, 40, 80, 160, 320, 640, 1000]);
        assert!(pauses[9..].iter().all(|pause| *pause == 1000));
        shortage.is_over();
        assert_eq!(shortage.meet(), FIRST_PAUSE);
    }
}
