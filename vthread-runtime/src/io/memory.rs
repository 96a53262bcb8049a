//! Sources and sinks that never wait.

use super::frames::{ReadFrames, SeekFrames, WriteFrames, io_by_frames};
use super::operations::{Filling, IoCall};
use super::{IoFrame, IoSlice, IoSliceMut, Result, SeekFrom};
use crate::task::current::checkpoint;
use std::future::poll_fn;
use std::io;

/// A stream that has std's traits and never waits: an in-memory buffer of a type that `futures-io`
/// does not know, a hasher, a counter.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use std::collections::VecDeque;
/// use vthread::io::{InMemory, Read, Write};
///
/// let mut queue = InMemory(VecDeque::new());
/// queue.write_all(b"words").block()?; // In #[vthread] code without the .block()
/// let mut first = [0; 2];
/// queue.read_exact(&mut first).block()?;
/// assert_eq!((&first, queue.0.len()), (b"wo", 3));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InMemory<T>(
    /// It.
    pub T,
);

impl<T: io::Read + Send> ReadFrames for InMemory<T> {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        poll_fn(checkpoint).await;
        self.0.read(buf)
    }

    async fn read_vectored_frame(&mut self, bufs: &mut [IoSliceMut<'_>]) -> Result<usize> {
        poll_fn(checkpoint).await;
        self.0.read_vectored(bufs)
    }
}

impl<T: io::Write + Send> WriteFrames for InMemory<T> {
    async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
        poll_fn(checkpoint).await;
        self.0.write(buf)
    }

    async fn write_vectored_frame(&mut self, bufs: &[IoSlice<'_>]) -> Result<usize> {
        poll_fn(checkpoint).await;
        self.0.write_vectored(bufs)
    }

    async fn flush_frame(&mut self) -> Result<()> {
        poll_fn(checkpoint).await;
        self.0.flush()
    }
}

impl<T: io::Seek + Send> SeekFrames for InMemory<T> {
    async fn seek_frame(&mut self, position: SeekFrom) -> Result<u64> {
        poll_fn(checkpoint).await;
        self.0.seek(position)
    }
}

io_by_frames!([T: io::Read + Send] InMemory<T>: Read);
io_by_frames!([T: io::Write + Send] InMemory<T>: Write);
io_by_frames!([T: io::Seek + Send] InMemory<T>: Seek);

impl<T: io::BufRead + Send> super::BufRead for InMemory<T> {
    fn fill_buf<'a>(&'a mut self) -> IoCall<'a, &'a [u8], Filling<'a>> {
        IoFrame::ready(self.0.fill_buf())
    }

    fn consume(&mut self, n: usize) {
        self.0.consume(n);
    }
}

/// The types of std's that are nothing but their name, here under the same ones.
macro_rules! trivial {
    ($($(#[$doc:meta])* $name:ident = $function:ident($($argument:ident: $ty:ty)?): $($of:ident)*;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name(io::$name);

            $(#[$doc])*
            pub fn $function($($argument: $ty)?) -> $name {
                $name(io::$function($($argument)?))
            }

            $(trivial!(@$of $name);)*
        )*
    };
    (@Read $name:ident) => {
        impl ReadFrames for $name {
            async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
                poll_fn(checkpoint).await;
                io::Read::read(&mut self.0, buf)
            }
        }
        io_by_frames!([] $name: Read);
        impl io::Read for $name {
            fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
                self.0.read(buf)
            }
        }
    };
    (@Seek $name:ident) => {
        impl SeekFrames for $name {
            async fn seek_frame(&mut self, position: SeekFrom) -> Result<u64> {
                poll_fn(checkpoint).await;
                io::Seek::seek(&mut self.0, position)
            }
        }
        io_by_frames!([] $name: Seek);
        impl io::Seek for $name {
            fn seek(&mut self, position: SeekFrom) -> Result<u64> {
                self.0.seek(position)
            }
        }
    };
    (@BufRead $name:ident) => {
        impl io::BufRead for $name {
            fn fill_buf(&mut self) -> Result<&[u8]> {
                self.0.fill_buf()
            }
            fn consume(&mut self, n: usize) {
                self.0.consume(n);
            }
        }
        impl super::BufRead for $name {
            fn fill_buf<'a>(&'a mut self) -> IoCall<'a, &'a [u8], Filling<'a>> {
                IoFrame::ready(io::BufRead::fill_buf(&mut self.0))
            }
            fn consume(&mut self, n: usize) {
                io::BufRead::consume(&mut self.0, n);
            }
        }
    };
    (@Write $name:ident) => {
        trivial! { @Writer [$name] }
        trivial! { @Writer [&$name] }
    };
    (@Writer [$name:ty]) => {
        impl WriteFrames for $name {
            async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
                poll_fn(checkpoint).await;
                io::Write::write(&mut &self.0, buf)
            }
            async fn flush_frame(&mut self) -> Result<()> {
                poll_fn(checkpoint).await;
                Ok(())
            }
        }
        io_by_frames!([] $name: Write);
        impl io::Write for $name {
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                (&self.0).write(buf)
            }
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }
    };
}

trivial! {
    /// A source without a byte, and a sink that takes all. As [`std::io::empty`].
    Empty = empty(): Read BufRead Seek Write;
    /// A source of one byte without end. As [`std::io::repeat`].
    Repeat = repeat(byte: u8): Read;
    /// A sink that takes all. As [`std::io::sink`].
    Sink = sink(): Write;
}

macro_rules! of_one_kind {
    ($($name:ident)*) => { $(
        impl Clone for $name {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl Copy for $name {}

        impl Default for $name {
            fn default() -> Self {
                $name(io::$name::default())
            }
        }
    )* };
}

of_one_kind! { Empty Sink }
