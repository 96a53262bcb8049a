//! Frames of streams of which only the traits are known.

use super::frames::{ReadFrames, SeekFrames, WriteFrames};
use super::in_place::in_place;
use super::{Read, Result, Seek, SeekFrom, Write};
use std::future::Future;

/// A stream by reference.
pub(crate) struct Calls<'s, S: ?Sized>(pub(crate) &'s mut S);

impl<S: Read + ?Sized> ReadFrames for Calls<'_, S> {
    fn read_frame(&mut self, buf: &mut [u8]) -> impl Future<Output = Result<usize>> + Send {
        async move { in_place(self.0.read(buf)).await }
    }
}

impl<S: Write + ?Sized> WriteFrames for Calls<'_, S> {
    fn write_frame(&mut self, buf: &[u8]) -> impl Future<Output = Result<usize>> + Send {
        async move { in_place(self.0.write(buf)).await }
    }

    fn flush_frame(&mut self) -> impl Future<Output = Result<()>> + Send {
        async move { in_place(self.0.flush()).await }
    }
}

impl<S: Seek + ?Sized> SeekFrames for Calls<'_, S> {
    fn seek_frame(&mut self, position: SeekFrom) -> impl Future<Output = Result<u64>> + Send {
        async move { in_place(self.0.seek(position)).await }
    }
}
