//! A FIFO or a terminal: a file without a cursor, which the reactor watches.

use crate::driver::{Descriptor, Direction, Interest, Source, Waiting};
use crate::io::without_waiting;
use crate::task::current::checkpoint;
use std::fs;
use std::future::poll_fn;
use std::io::{self, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::Arc;
use std::task::ready;

/// A file that reports when it is ready.
#[derive(Debug)]
pub(super) struct Stream {
    source: Source<Descriptor<Watched>>,
}

#[derive(Debug)]
struct Watched {
    file: Arc<fs::File>,
    blocks: Blocks,
}

/// Whether an operation on a file that is not ready blocks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Blocks {
    /// It was opened so that it never does.
    Never,
    /// It is a pipe that may be shared, and is expected to.
    Pipe,
    /// It is a device that may be shared, and is expected to.
    Device,
}

impl AsRawFd for Watched {
    fn as_raw_fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }
}

impl Watched {
    fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        let file = self.file.as_fd();
        match self.blocks {
            Blocks::Never => (&*self.file).read(buf),
            Blocks::Pipe => without_waiting::read_pipe(file, &mut [IoSliceMut::new(buf)]),
            Blocks::Device => without_waiting::read_device(file, &mut [IoSliceMut::new(buf)]),
        }
    }

    fn write(&self, buf: &[u8]) -> io::Result<usize> {
        let (file, bufs) = (self.file.as_fd(), [IoSlice::new(buf)]);
        match self.blocks {
            Blocks::Never => (&*self.file).write(buf),
            Blocks::Pipe => without_waiting::write_pipe(file, &bufs),
            Blocks::Device => without_waiting::write_device(file, &bufs),
        }
    }
}

impl Stream {
    /// Registers `file`. Some files cannot be: regular ones, and many devices.
    pub(super) fn new(file: Arc<fs::File>, blocks: Blocks) -> io::Result<Self> {
        // Nothing is attempted before the first report of the system: a FIFO that has not been
        // opened for writing yet would claim to be at its end.
        Ok(Stream {
            source: Source::new(Descriptor(Watched { file, blocks }), Interest::NONE)?,
        })
    }

    pub(super) fn file(&self) -> &Arc<fs::File> {
        &self.source.file
    }

    pub(super) async fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            poll_fn(checkpoint).await;
            return Ok(0);
        }
        let mut waiting = Waiting::new(&self.source, Direction::Read);
        poll_fn(|cx| {
            ready!(checkpoint(cx));
            waiting.poll_io(cx, |watched| watched.read(buf))
        })
        .await
    }

    pub(super) async fn write(&self, buf: &[u8]) -> io::Result<usize> {
        let mut waiting = Waiting::new(&self.source, Direction::Write);
        poll_fn(|cx| {
            ready!(checkpoint(cx));
            waiting.poll_io(cx, |watched| watched.write(buf))
        })
        .await
    }

    pub(super) async fn flush(&self) -> io::Result<()> {
        // Written bytes are the system's already.
        poll_fn(checkpoint).await;
        Ok(())
    }

    /// The answer of the system: an error.
    pub(super) async fn seek(&self, position: SeekFrom) -> io::Result<u64> {
        poll_fn(checkpoint).await;
        (&**self.file()).seek(position)
    }
}

/// Makes operations on `file`, which was opened here, block again.
pub(super) fn clear_nonblocking(file: &fs::File) -> io::Result<()> {
    Ok(rustix::io::ioctl_fionbio(file, false)?)
}
