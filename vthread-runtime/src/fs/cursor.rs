//! A file with a cursor that helper threads read and write.
//!
//! # Protocol
//! At most one operation that uses the cursor is in progress, because the next one begins by
//! waiting for it (`settle`). An operation is kept in the file and not in the frame of its caller;
//! a frame that is cancelled leaves it there, and the next one finds it:
//! - the bytes of a read are kept, as `unread`, and given to the next read;
//! - the outcome of a write or a seek is dropped: it may have taken effect.
//!
//! While bytes are unread, the cursor is that far ahead. So a write or a seek first moves it back.

use super::cached::{self, InPlace};
use super::helper::{OnHelper, on_helper};
use crate::task::current::checkpoint;
use crate::task::taking::taking;
use std::fs;
use std::future::poll_fn;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::task::Poll;

/// The most bytes of one operation: so much is copied each time.
const MOST: usize = 2 * 1024 * 1024;

/// A file with a cursor.
#[derive(Debug)]
pub(super) struct Cursor {
    file: Arc<fs::File>,
    unread: Unread,
    under_way: Option<UnderWay>,
}

#[derive(Debug)]
enum UnderWay {
    Reading(OnHelper<Vec<u8>>),
    Moving(OnHelper<Moved>),
}

/// The effect of a write or a seek.
#[derive(Debug)]
struct Moved {
    /// Whether the cursor was moved back to the first unread byte.
    is_taken_back: bool,
    result: io::Result<u64>,
}

impl Cursor {
    pub(super) fn new(file: Arc<fs::File>) -> Self {
        Cursor {
            file,
            unread: Unread::default(),
            under_way: None,
        }
    }

    /// Reads as much as one read of std's: until `buf` is full or the file ends, if the cursor is
    /// shared with no other handle. Otherwise the bytes of one system call, which are in one piece
    /// whatever the other does.
    pub(super) async fn read(&mut self, buf: &mut [u8], is_shared: bool) -> io::Result<usize> {
        poll_fn(checkpoint).await;
        // The error of an abandoned read comes again, if it lasts.
        let _ = self.settle().await;
        if self.unread.is_empty() && !buf.is_empty() {
            let file = &self.file;
            let in_place = poll_fn(|cx| {
                taking(
                    cx,
                    |_| Poll::Ready(cached::read(file, &mut *buf, !is_shared)),
                    |read| matches!(read, InPlace::Over(Ok(n)) if *n > 0),
                )
            });
            match in_place.await {
                InPlace::Over(read) => return read,
                InPlace::Begun(n) => self.unread = Unread::new(buf[..n].to_vec()),
            }
            self.read_on_helpers(buf.len(), is_shared).await?;
        }
        let unread = &mut self.unread;
        let n = poll_fn(|cx| taking(cx, |_| Poll::Ready(unread.move_to(buf)), |n| *n > 0)).await;
        Ok(n)
    }

    /// Reads up to so many unread bytes.
    async fn read_on_helpers(&mut self, n_wanted: usize, is_shared: bool) -> io::Result<()> {
        loop {
            let n_before = self.unread.len();
            let (file, wanted) = (self.file.clone(), (n_wanted - n_before).min(MOST));
            self.under_way = Some(UnderWay::Reading(on_helper(move || {
                let mut bytes = vec![0; wanted];
                let n = (&*file).read(&mut bytes)?;
                bytes.truncate(n);
                Ok(bytes)
            })));
            match self.settle().await {
                // It comes again, if it lasts.
                Err(_) if n_before > 0 => return Ok(()),
                settled => settled?,
            };
            let n = self.unread.len();
            if is_shared || n - n_before < wanted || n == n_wanted {
                return Ok(());
            }
        }
    }

    pub(super) async fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let bytes = buf[..buf.len().min(MOST)].to_vec();
        let written = self.change(move |mut file| {
            let n = file.write(&bytes)?;
            Ok(n as u64)
        });
        written.await.map(|n| n as usize)
    }

    pub(super) async fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.change(move |mut file| file.seek(position)).await
    }

    /// Waits for an abandoned operation, whatever its outcome.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        poll_fn(checkpoint).await;
        let _ = self.settle().await;
        Ok(())
    }

    /// Does `work` at the position that the reader expects.
    async fn change(
        &mut self,
        work: impl FnOnce(&fs::File) -> io::Result<u64> + Send + 'static,
    ) -> io::Result<u64> {
        poll_fn(checkpoint).await;
        let _ = self.settle().await;
        let (file, n_unread) = (self.file.clone(), self.unread.len());
        self.under_way = Some(UnderWay::Moving(on_helper(move || {
            // A file without a cursor, such as a terminal, keeps the unread bytes for its reader.
            let is_taken_back =
                n_unread > 0 && (&*file).seek(SeekFrom::Current(-(n_unread as i64))).is_ok();
            let result = work(&file);
            Ok(Moved {
                is_taken_back,
                result,
            })
        })));
        self.settle().await
    }

    /// Waits for the operation in progress: returns its outcome, and 0 if there is none.
    async fn settle(&mut self) -> io::Result<u64> {
        // The operation stays in place until it has been awaited, since this frame may be
        // cancelled.
        match &mut self.under_way {
            None => Ok(0),
            Some(UnderWay::Reading(reading)) => {
                let read = reading.await;
                self.under_way = None;
                self.unread.append(read?);
                Ok(0)
            }
            Some(UnderWay::Moving(moving)) => {
                let moved = moving.await;
                self.under_way = None;
                let moved = moved?;
                if moved.is_taken_back {
                    self.unread = Unread::default();
                }
                moved.result
            }
        }
    }
}

/// Bytes that were read, and not returned to a reader yet.
#[derive(Debug, Default)]
struct Unread {
    bytes: Vec<u8>,
    n_given: usize,
}

impl Unread {
    fn new(bytes: Vec<u8>) -> Self {
        Unread { bytes, n_given: 0 }
    }

    /// Puts more bytes behind them.
    fn append(&mut self, bytes: Vec<u8>) {
        match self.is_empty() {
            true => *self = Unread::new(bytes),
            false => self.bytes.extend(bytes),
        }
    }

    fn len(&self) -> usize {
        self.bytes.len() - self.n_given
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Moves as many as there are and fit.
    fn move_to(&mut self, buf: &mut [u8]) -> usize {
        let n = self.len().min(buf.len());
        buf[..n].copy_from_slice(&self.bytes[self.n_given..][..n]);
        self.n_given += n;
        if self.is_empty() {
            *self = Unread::default();
        }
        n
    }
}

#[cfg(all(test, not(loom)))]
#[path = "cursor_tests.rs"]
mod tests;
