//! Whole files at once.
//!
//! One helper does all of it, in chunks: so it stops soon after it was abandoned, however long the
//! file is.

use super::cached::{self, For};
use super::helper::{OnHelper, Wanted, in_steps};
use super::open::{OpenOptions, open};
use super::opening::opened;
use crate::task::call::vthread_fn;
use crate::task::current::checkpoint;
use std::fs;
use std::future::{Future, poll_fn};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The number of bytes between two checks whether the caller still waits.
const CHUNK: usize = 1024 * 1024;

vthread_fn! {
    /// Reads all of the file at `path`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the file has been read. A FIFO is read until its last writer
    /// has gone.
    ///
    /// # Cancellation
    /// Leaves at once, and drops what has been read. The helper stops at the next chunk.
    ///
    /// # Errors
    /// The system's error, as for [`std::fs::read`].
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::fs;
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("numbers");
    /// fs::write(&path, [1, 2, 3])?;
    /// assert_eq!(fs::read(&path)?, [1, 2, 3]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read = __vthread_read [P](path: P) -> io::Result<Vec<u8>> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<Vec<u8>>> + Send + use<P> { read_file(path.as_ref().to_owned()) }
}

vthread_fn! {
    /// Reads all of the text in the file at `path`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the file has been read. A FIFO is read until its last writer
    /// has gone.
    ///
    /// # Cancellation
    /// Leaves at once, and drops what has been read. The helper stops at the next chunk.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] if it is not UTF-8, and the system's errors, as for
    /// [`std::fs::read_to_string`].
    pub fn read_to_string = __vthread_read_to_string [P](path: P) -> io::Result<String> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<String>> + Send + use<P> { read_text(path.as_ref().to_owned()) }
}

vthread_fn! {
    /// Makes the file at `path`, or empties it, and writes all of `contents` to it.
    ///
    /// # Suspends
    /// Always a checkpoint, and until all is written. A FIFO is waited for to have a reader.
    ///
    /// # Cancellation
    /// Leaves at once. The file may still be made, emptied, or written, in whole or in part; the
    /// helper stops at the next chunk.
    ///
    /// # Errors
    /// The system's error, as for [`std::fs::write`].
    pub fn write = __vthread_write [P, C](path: P, contents: C) -> io::Result<()>
        [where P: AsRef<Path>, C: AsRef<[u8]>]
        => impl Future<Output = io::Result<()>> + Send + use<P, C> {
            write_file(path.as_ref().to_owned(), contents.as_ref().to_owned())
        }
}

async fn read_file(path: PathBuf) -> io::Result<Vec<u8>> {
    poll_fn(checkpoint).await;
    if let Some(found) = cached::look_up(&path, For::Reading) {
        let file = found?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return opened(file)?.read_whole().await;
        }
        let (bytes, is_whole) = cached::read_whole(&file, metadata.len());
        if is_whole {
            return Ok(bytes);
        }
        return read_rest(Arc::new(file), bytes).await;
    }
    let mut options = OpenOptions::new();
    options.read(true);
    open(options, path).await?.read_whole().await
}

async fn read_text(path: PathBuf) -> io::Result<String> {
    String::from_utf8(read_file(path).await?).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "stream did not contain valid UTF-8",
        )
    })
}

async fn write_file(path: PathBuf, contents: Vec<u8>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    open(options, path).await?.write_whole(contents).await
}

/// Reads all of `file`.
pub(super) fn read_all(file: Arc<fs::File>) -> OnHelper<Vec<u8>> {
    read_rest(file, Vec::new())
}

/// All that comes from `file`, after `bytes` that have come already.
fn read_rest(file: Arc<fs::File>, mut bytes: Vec<u8>) -> OnHelper<Vec<u8>> {
    in_steps(move |wanted| {
        // As std does: a wrong size costs room or a copy, no more.
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        bytes.try_reserve_exact(size.saturating_sub(bytes.len()))?;
        read_in_chunks(&*file, &mut bytes, wanted)?;
        Ok(bytes)
    })
}

fn read_in_chunks(mut source: impl Read, bytes: &mut Vec<u8>, wanted: &Wanted) -> io::Result<()> {
    loop {
        wanted.check()?;
        let n = source.by_ref().take(CHUNK as u64).read_to_end(bytes)?;
        if n < CHUNK {
            return Ok(());
        }
    }
}

/// Writes all of `bytes` to `file`.
pub(super) fn write_all(file: Arc<fs::File>, bytes: Vec<u8>) -> OnHelper<()> {
    in_steps(move |wanted| write_in_chunks(&*file, &bytes, wanted))
}

fn write_in_chunks(mut sink: impl Write, bytes: &[u8], wanted: &Wanted) -> io::Result<()> {
    bytes.chunks(CHUNK).try_for_each(|chunk| {
        wanted.check()?;
        sink.write_all(chunk)
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::pin::Pin;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::task::{Context, Waker};

    /// Has no end. Reports each read and write, and waits for the permission to go on.
    struct Endless {
        used: Sender<()>,
        go_on: Receiver<()>,
    }

    impl Endless {
        fn use_it(&self, n: usize) -> io::Result<usize> {
            self.used.send(()).unwrap();
            let _ = self.go_on.recv();
            Ok(n)
        }
    }

    impl Read for Endless {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.use_it(buf.len())
        }
    }

    impl Write for Endless {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.use_it(buf.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// How often it is used after it was abandoned, until it is dropped.
    fn uses_after_the_end<W, F>(work: W) -> usize
    where
        F: Future + Unpin,
        W: FnOnce(Endless) -> F,
    {
        let (used, uses) = channel();
        let (tell, go_on) = channel();
        let mut frame = work(Endless { used, go_on });
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut frame).poll(&mut cx).is_pending());
        uses.recv().unwrap();
        drop(frame);
        drop(tell);
        uses.iter().count()
    }

    #[test]
    fn r16_an_abandoned_read_stops_at_the_next_chunk() {
        let n = uses_after_the_end(|source| {
            in_steps(move |wanted| read_in_chunks(source, &mut Vec::new(), wanted))
        });
        // The rest of the chunk is read in growing pieces.
        assert!(n < 64, "{n}");
    }

    #[test]
    fn r16_an_abandoned_write_stops_at_the_next_chunk() {
        let bytes = vec![0; 100 * CHUNK];
        let n = uses_after_the_end(|sink| {
            in_steps(move |wanted| write_in_chunks(sink, &bytes, wanted))
        });
        assert_eq!(n, 0);
    }

    #[test]
    fn chunks_make_a_whole() {
        let (token, longer) = (Arc::new(()), vec![7; 2 * CHUNK + 5]);
        let wanted = Wanted::by(&token);
        for length in [0, 1, CHUNK, 2 * CHUNK + 5] {
            let (mut read, mut written) = (Vec::new(), Vec::new());
            read_in_chunks(&longer[..length], &mut read, &wanted).unwrap();
            write_in_chunks(&mut written, &longer[..length], &wanted).unwrap();
            assert!(read == longer[..length] && written == read);
        }
    }
}
