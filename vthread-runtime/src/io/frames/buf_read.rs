//! Frames of buffered reading.

use super::read::not_utf8;
use crate::io::in_place::in_place;
use crate::io::{BufRead, ErrorKind, Result};
use crate::task::current::checkpoint;
use std::future::{Future, poll_fn};

/// The frames of some methods of [`BufRead`](crate::io::BufRead), for every source that has the
/// others.
pub(crate) trait BufReadFrames: BufRead {
    fn read_until_frame(
        &mut self,
        byte: u8,
        buf: &mut Vec<u8>,
    ) -> impl Future<Output = Result<usize>> + Send {
        async move {
            poll_fn(checkpoint).await;
            let before = buf.len();
            loop {
                let available = match in_place(self.fill_buf()).await {
                    Ok(available) => available,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                };
                let end = find(byte, available);
                let n = end.unwrap_or(available.len());
                buf.extend_from_slice(&available[..n]);
                self.consume(n);
                if end.is_some() || n == 0 {
                    return Ok(buf.len() - before);
                }
            }
        }
    }

    fn skip_until_frame(&mut self, byte: u8) -> impl Future<Output = Result<usize>> + Send {
        async move {
            poll_fn(checkpoint).await;
            let mut skipped = 0;
            loop {
                let available = match in_place(self.fill_buf()).await {
                    Ok(available) => available,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                };
                let end = find(byte, available);
                let n = end.unwrap_or(available.len());
                self.consume(n);
                skipped += n;
                if end.is_some() || n == 0 {
                    return Ok(skipped);
                }
            }
        }
    }

    fn read_line_frame(&mut self, buf: &mut String) -> impl Future<Output = Result<usize>> + Send {
        async move {
            let mut line = Line::of(buf);
            let n = self.read_until_frame(b'\n', &mut line.bytes).await?;
            line.finish().map(|()| n)
        }
    }
}

impl<R: BufRead + ?Sized> BufReadFrames for R {}

/// In how many bytes a byte is looked for at once.
const CHUNK: usize = 128;

/// How many bytes there are up to and with the first `byte`.
pub(crate) fn find(byte: u8, bytes: &[u8]) -> Option<usize> {
    // std looks for a byte by words only in `contains`.
    let nth = bytes
        .chunks(CHUNK)
        .position(|chunk| chunk.contains(&byte))?;
    let before = nth * CHUNK;
    let within = bytes[before..].iter().position(|&other| other == byte)?;
    Some(before + within + 1)
}

/// A line that is being read. When it goes, also by cancellation, what has come of it is appended
/// to the text, as far as it is text.
pub(crate) struct Line<'t> {
    text: &'t mut String,
    pub(crate) bytes: Vec<u8>,
}

impl<'t> Line<'t> {
    pub(crate) fn of(text: &'t mut String) -> Self {
        Line {
            text,
            bytes: Vec::new(),
        }
    }

    /// All of it, or nothing if it is no text.
    pub(crate) fn finish(mut self) -> Result<()> {
        let bytes = std::mem::take(&mut self.bytes);
        let line = String::from_utf8(bytes).map_err(|_| not_utf8())?;
        self.text.push_str(&line);
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let valid = match str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(error) => str::from_utf8(&self.bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        self.text.push_str(valid);
    }
}
