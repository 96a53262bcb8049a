//! Frames of streams of which only the traits are known.

use super::frames::{ReadFrames, SeekFrames, WriteFrames};
use super::in_place::in_place;
use super::{Read, Result, Seek, SeekFrom, Write};

/// A stream by reference.
pub(crate) struct Calls<'s, S: ?Sized>(pub(crate) &'s mut S);

impl<S: Read + ?Sized> ReadFrames for Calls<'_, S> {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        in_place(self.0.read(buf)).await
    }
}

impl<S: Write + ?Sized> WriteFrames for Calls<'_, S> {
    async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
        in_place(self.0.write(buf)).await
    }

    async fn flush_frame(&mut self) -> Result<()> {
        in_place(self.0.flush()).await
    }
}

impl<S: Seek + ?Sized> SeekFrames for Calls<'_, S> {
    async fn seek_frame(&mut self, position: SeekFrom) -> Result<u64> {
        in_place(self.0.seek(position)).await
    }
}
