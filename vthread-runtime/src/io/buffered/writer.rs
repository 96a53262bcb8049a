//! A sink with a buffer.

use super::CAPACITY;
use crate::io::frames::write::takes_no_more;
use crate::io::frames::{SeekFrames, WriteFrames, io_by_frames};
use crate::io::in_place::in_place;
use crate::io::inherent::inherent_io;
use crate::io::{Error, ErrorKind, Result, Seek, SeekFrom, Write};
use crate::task::call::Call;
use crate::task::current::{self, checkpoint};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;

/// A sink with a buffer, which gives it much at once. As [`std::io::BufWriter`].
///
/// The rest of the buffer is written when it goes out of scope, and an error of that goes
/// unnoticed: call [`flush`](BufWriter::flush). A destructor cannot suspend, so that the write
/// blocks its OS thread.
///
/// # Cancellation
/// A cancelled write has not happened. When a cancelled or panicking vthread drops it, only what
/// can be written without waiting is: a peer that does not read holds up no end.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::BufWriter;
///
/// let mut writer = BufWriter::new(Vec::new());
/// // In #[vthread] code: write!(writer, "{} little ", 3)?
/// write!(writer, "{} little ", 3).block()?;
/// writer.write_all(b"words").block()?;
/// writer.flush().block()?;
/// assert_eq!(writer.get_ref(), b"3 little words");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct BufWriter<W: Write> {
    buffer: Vec<u8>,
    /// How much of the buffer the sink has taken.
    written: usize,
    capacity: usize,
    /// None once it has been taken out.
    sink: Option<W>,
}

impl<W: Write> BufWriter<W> {
    /// A buffer of 8 KiB around `sink`. It takes memory from the first write on.
    pub fn new(sink: W) -> Self {
        BufWriter::with_capacity(CAPACITY, sink)
    }

    /// A buffer of `capacity` bytes around `sink`.
    pub fn with_capacity(capacity: usize, sink: W) -> Self {
        BufWriter {
            buffer: Vec::new(),
            written: 0,
            capacity,
            sink: Some(sink),
        }
    }

    /// Returns the sink.
    pub fn get_ref(&self) -> &W {
        self.sink.as_ref().expect("it is taken out with the writer")
    }

    /// Returns the sink. Bytes written to it overtake those in the buffer.
    pub fn get_mut(&mut self) -> &mut W {
        self.sink.as_mut().expect("it is taken out with the writer")
    }

    /// Returns the bytes not written yet.
    pub fn buffer(&self) -> &[u8] {
        &self.buffer[self.written..]
    }

    /// Returns how many bytes the buffer holds.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Returns the sink, once everything has been written. It blocks its OS thread for that:
    /// [`flush`](BufWriter::flush) before, which suspends, and nothing is left to do here.
    ///
    /// # Errors
    /// The sink's error. The writer is in the error.
    pub fn into_inner(mut self) -> std::result::Result<W, IntoInnerError<Self>> {
        match self.empty_by_blocking() {
            Ok(()) => Ok(self.into_parts().0),
            Err(error) => Err(IntoInnerError {
                writer: self,
                error,
            }),
        }
    }

    /// Returns the sink, and the bytes not written yet.
    pub fn into_parts(mut self) -> (W, Vec<u8>) {
        let unwritten = self.buffer().to_vec();
        self.buffer.clear();
        let sink = self.sink.take().expect("it is taken out with the writer");
        (sink, unwritten)
    }

    fn empty_by_blocking(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        Call::leaf(self.emptied()).block()
    }

    /// Writes the buffer to the sink.
    pub(super) async fn emptied(&mut self) -> Result<()> {
        while self.written < self.buffer.len() {
            let sink = self.sink.as_mut().expect("it is taken out with the writer");
            match in_place(sink.write(&self.buffer[self.written..])).await {
                Ok(0) => return Err(takes_no_more()),
                Ok(n) => self.written += n,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.buffer.clear();
        self.written = 0;
        Ok(())
    }
}

impl<W: Write> WriteFrames for BufWriter<W> {
    async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
        poll_fn(checkpoint).await;
        if self.buffer.len() + buf.len() > self.capacity {
            self.emptied().await?;
        }
        if buf.len() >= self.capacity {
            return in_place(self.get_mut().write(buf)).await;
        }
        if self.buffer.capacity() == 0 {
            self.buffer.reserve_exact(self.capacity);
        }
        self.buffer.extend_from_slice(buf);
        Ok(buf.len())
    }

    async fn flush_frame(&mut self) -> Result<()> {
        poll_fn(checkpoint).await;
        self.emptied().await?;
        in_place(self.get_mut().flush()).await
    }
}

impl<W: Write + Seek> SeekFrames for BufWriter<W> {
    async fn seek_frame(&mut self, position: SeekFrom) -> Result<u64> {
        self.emptied().await?;
        in_place(self.get_mut().seek(position)).await
    }
}

io_by_frames!([W: Write] BufWriter<W>: Write);
io_by_frames!([W: Write + Seek] BufWriter<W>: Seek);
inherent_io!([W: Write] [W] BufWriter<W>: Write);
inherent_io!([W: Write + Seek] [W] BufWriter<W>: Seek);

impl<W: Write> Drop for BufWriter<W> {
    fn drop(&mut self) {
        if self.sink.is_none() || self.buffer.is_empty() {
            return;
        }
        let is_dropped_by_force = current::with(|running| running.is_some_and(|r| r.is_dropping()));
        if is_dropped_by_force || thread::panicking() {
            // The waker is not used: there is one attempt.
            let _ = pin!(self.emptied()).poll(&mut Context::from_waker(Waker::noop()));
        } else {
            let _ = self.empty_by_blocking();
        }
    }
}

impl<W: Write + fmt::Debug> fmt::Debug for BufWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufWriter")
            .field("writer", &self.sink)
            .field(
                "buffer",
                &format_args!("{}/{}", self.buffer().len(), self.capacity),
            )
            .finish()
    }
}

/// The error of [`BufWriter::into_inner`], with the writer.
#[derive(Debug)]
pub struct IntoInnerError<W> {
    writer: W,
    error: Error,
}

impl<W> IntoInnerError<W> {
    pub(super) fn map<V>(self, change: impl FnOnce(W) -> V) -> IntoInnerError<V> {
        IntoInnerError {
            writer: change(self.writer),
            error: self.error,
        }
    }

    /// Returns why the rest could not be written.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The writer, with what it has not written.
    pub fn into_inner(self) -> W {
        self.writer
    }

    /// Returns why the rest could not be written.
    pub fn into_error(self) -> Error {
        self.error
    }

    /// Both.
    pub fn into_parts(self) -> (Error, W) {
        (self.error, self.writer)
    }
}

impl<W> From<IntoInnerError<W>> for Error {
    fn from(error: IntoInnerError<W>) -> Error {
        error.error
    }
}

impl<W> fmt::Display for IntoInnerError<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<W: fmt::Debug> std::error::Error for IntoInnerError<W> {}
