//! A sink with a buffer that is given whole lines.

use super::{BufWriter, IntoInnerError};
use crate::io::frames::{WriteFrames, io_by_frames};
use crate::io::inherent::inherent_io;
use crate::io::{Result, Write};
use crate::task::current::checkpoint;
use std::future::poll_fn;

/// How many bytes of a line are kept. As std's.
const CAPACITY: usize = 1024;

/// A sink with a buffer that is written at the end of each line. As [`std::io::LineWriter`].
///
/// The rest of the buffer is written when it goes out of scope, as by [`BufWriter`].
///
/// # Cancellation
/// A cancelled write of lines may have happened in part, as that of any `write_all`.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::LineWriter;
///
/// let mut writer = LineWriter::new(Vec::new());
/// writer.write_all(b"one\nt").block()?; // In #[vthread] code without the .block()
/// assert_eq!(writer.get_ref(), b"one\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct LineWriter<W: Write> {
    writer: BufWriter<W>,
}

impl<W: Write> LineWriter<W> {
    /// A buffer of 1 KiB around `sink`.
    pub fn new(sink: W) -> Self {
        LineWriter::with_capacity(CAPACITY, sink)
    }

    /// A buffer of `capacity` bytes around `sink`.
    pub fn with_capacity(capacity: usize, sink: W) -> Self {
        LineWriter {
            writer: BufWriter::with_capacity(capacity, sink),
        }
    }

    /// Returns the sink.
    pub fn get_ref(&self) -> &W {
        self.writer.get_ref()
    }

    /// Returns the sink. Bytes written to it overtake those in the buffer.
    pub fn get_mut(&mut self) -> &mut W {
        self.writer.get_mut()
    }

    /// Returns the sink, once everything has been written. It blocks its OS thread for that, if
    /// anything is left.
    ///
    /// # Errors
    /// The sink's error. The writer is in the error.
    pub fn into_inner(self) -> std::result::Result<W, IntoInnerError<Self>> {
        let inner = self.writer.into_inner();
        inner.map_err(|error| error.map(|writer| LineWriter { writer }))
    }
}

impl<W: Write> WriteFrames for LineWriter<W> {
    async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
        poll_fn(checkpoint).await;
        // A line that could not be written whole last time goes first.
        if self.writer.buffer().last() == Some(&b'\n') {
            self.writer.emptied().await?;
        }
        let Some(end) = buf.iter().rposition(|&byte| byte == b'\n') else {
            return self.writer.write_frame(buf).await;
        };
        let n = self.writer.write_frame(&buf[..=end]).await?;
        // It has been taken, whether the sink can be written to now or not: the next write says so.
        let _ = self.writer.emptied().await;
        Ok(n)
    }

    async fn flush_frame(&mut self) -> Result<()> {
        self.writer.flush_frame().await
    }
}

io_by_frames!([W: Write] LineWriter<W>: Write);
inherent_io!([W: Write] [W] LineWriter<W>: Write);
