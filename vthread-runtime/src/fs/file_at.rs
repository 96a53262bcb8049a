//! Reading and writing at a position, which leaves the cursor alone: so several vthreads may do it
//! at once.

use super::cached::{self, InPlace};
use super::file::File;
use super::helper::on_helper;
use crate::io::frames::read::end_is_early;
use crate::io::frames::write::takes_no_more;
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::fs;
use std::future::{Future, poll_fn};
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// How many bytes one operation transfers at most: so much is copied each time.
const MOST: usize = 2 * 1024 * 1024;

impl File {
    /// Reads some bytes from `offset` on into `buf`, and says how many. None means the end, unless
    /// `buf` is empty. As [`std::os::unix::fs::FileExt::read_at`].
    ///
    /// # Suspends
    /// Always a checkpoint, and until the bytes have been read, unless they are in memory.
    ///
    /// # Cancellation
    /// Cancelled means not read.
    ///
    /// # Errors
    /// What the system says.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::fs::{self, File};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("words");
    /// fs::write(&path, "three little words")?;
    /// let file = File::open(&path).block()?;
    /// let mut word = [0; 6];
    /// file.read_exact_at(&mut word, 6).block()?;
    /// assert_eq!(&word, b"little");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(read_at(self.file(), buf, offset))
    }

    /// Reads exactly as many bytes as `buf` holds, from `offset` on.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the bytes have been read, unless they are in memory.
    ///
    /// # Cancellation
    /// Some bytes may be in `buf`.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] if the file ends before, and what the system says.
    pub fn read_exact_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send> {
        let file = self.file();
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let mut done = 0;
            while done < buf.len() {
                let read = read_at(file, &mut buf[done..], offset + done as u64).await;
                done += progress(read, end_is_early)?;
            }
            Ok(())
        })
    }

    /// Writes some of `buf` from `offset` on, and says how many bytes. As
    /// [`std::os::unix::fs::FileExt::write_at`].
    ///
    /// # Suspends
    /// Always a checkpoint, and until the bytes have been written.
    ///
    /// # Cancellation
    /// Leaves at once. They may still be written, or not.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_at(
        &self,
        buf: &[u8],
        offset: u64,
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(write_at(self.file(), buf, offset))
    }

    /// Writes all of `buf` from `offset` on.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the bytes have been written.
    ///
    /// # Cancellation
    /// Leaves at once. Some of them may be written, or all.
    ///
    /// # Errors
    /// What the system says. How much was written is not known.
    pub fn write_all_at(
        &self,
        buf: &[u8],
        offset: u64,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send> {
        let file = self.file();
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let mut done = 0;
            while done < buf.len() {
                let written = write_at(file, &buf[done..], offset + done as u64).await;
                done += progress(written, takes_no_more)?;
            }
            Ok(())
        })
    }
}

suspends!(File: "read_at" "read_exact_at" "write_at" "write_all_at");

/// How far one attempt of an operation that is repeated has come: nothing is an error, and an
/// attempt that was interrupted is made again.
fn progress(attempt: io::Result<usize>, none: fn() -> io::Error) -> io::Result<usize> {
    match attempt {
        Ok(0) => Err(none()),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
        attempt => attempt,
    }
}

/// Reads until `buf` is full or the file ends, as one read of std's.
async fn read_at(file: &Arc<fs::File>, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    poll_fn(checkpoint).await;
    let mut n_read = match cached::read_at(file, buf, offset) {
        InPlace::Over(read) => return read,
        InPlace::Begun(n) => n,
    };
    loop {
        let (file, wanted) = (file.clone(), (buf.len() - n_read).min(MOST));
        let from = offset + n_read as u64;
        let read = on_helper(move || {
            let mut bytes = vec![0; wanted];
            let n = file.read_at(&mut bytes, from)?;
            bytes.truncate(n);
            Ok(bytes)
        });
        let bytes = match read.await {
            // It comes again, if it lasts.
            Err(_) if n_read > 0 => return Ok(n_read),
            read => read?,
        };
        buf[n_read..][..bytes.len()].copy_from_slice(&bytes);
        n_read += bytes.len();
        if bytes.len() < wanted || n_read == buf.len() {
            return Ok(n_read);
        }
    }
}

async fn write_at(file: &Arc<fs::File>, buf: &[u8], offset: u64) -> io::Result<usize> {
    let (file, bytes) = (file.clone(), buf[..buf.len().min(MOST)].to_vec());
    on_helper(move || file.write_at(&bytes, offset)).await
}

/// The same for code that is written against std's trait: it blocks.
impl FileExt for File {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        File::read_at(self, buf, offset).block()
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        File::write_at(self, buf, offset).block()
    }
}
