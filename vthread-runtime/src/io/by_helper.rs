//! A stream that the system cannot watch: a helper thread reads and writes it.
//!
//! # Protocol
//! At most one operation is in progress, because the next one begins by waiting for it. It is kept
//! in the stream and not in the frame of its caller; a frame that is cancelled leaves it there, and
//! the next one finds it:
//! - the bytes of a read are kept, and given to the next read;
//! - the outcome of a write is dropped: it may have taken effect.

use crate::fs::helper::{OnHelper, on_helper};
use crate::task::current::checkpoint;
use crate::task::taking::taking;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// The most bytes of one operation: so much is copied each time.
const MOST: usize = 64 * 1024;

/// A stream of the system, with the operation that is in progress.
pub(crate) struct ByHelper<S> {
    stream: Arc<S>,
    unread: io::Cursor<Vec<u8>>,
    reading: Option<OnHelper<Vec<u8>>>,
    writing: Option<OnHelper<usize>>,
}

impl<S: Send + Sync + 'static> ByHelper<S> {
    pub(crate) fn new(stream: S) -> Self {
        ByHelper {
            stream: Arc::new(stream),
            unread: io::Cursor::default(),
            reading: None,
            writing: None,
        }
    }

    pub(crate) fn stream(&self) -> &Arc<S> {
        &self.stream
    }
}

impl<S: Send + Sync + 'static> ByHelper<S>
where
    for<'s> &'s S: Read,
{
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if self.rest() == 0 {
            let (stream, wanted) = (&self.stream, buf.len().min(MOST));
            let reading = self.reading.get_or_insert_with(|| {
                let stream = stream.clone();
                on_helper(move || {
                    let mut bytes = vec![0; wanted];
                    let n = (&*stream).read(&mut bytes)?;
                    bytes.truncate(n);
                    Ok(bytes)
                })
            });
            let read = ready!(Pin::new(reading).poll(cx));
            self.reading = None;
            self.unread = io::Cursor::new(read?);
        }
        let unread = &mut self.unread;
        taking(
            cx,
            |_| Poll::Ready(unread.read(buf)),
            |read| matches!(read, Ok(1..)),
        )
    }

    /// The number of bytes that were read, and not returned to a reader yet.
    fn rest(&self) -> usize {
        self.unread.get_ref().len() - self.unread.position() as usize
    }
}

impl<S: Send + Sync + 'static> ByHelper<S>
where
    for<'s> &'s S: Write,
{
    pub(crate) async fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.flush().await?;
        let (stream, bytes) = (self.stream.clone(), buf[..buf.len().min(MOST)].to_vec());
        let writing = self.writing.insert(on_helper(move || {
            let mut stream = &*stream;
            let n = stream.write(&bytes)?;
            stream.flush()?;
            Ok(n)
        }));
        let written = writing.await;
        self.writing = None;
        written
    }

    /// Waits for an abandoned write, whatever its outcome.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        poll_fn(checkpoint).await;
        if let Some(writing) = &mut self.writing {
            let _ = writing.await;
            self.writing = None;
        }
        Ok(())
    }
}

impl<S> fmt::Debug for ByHelper<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHelper").finish_non_exhaustive()
    }
}
