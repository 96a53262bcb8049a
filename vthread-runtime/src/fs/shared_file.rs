//! Reading and writing through a shared reference to a file: by one after the other, as they have
//! one cursor.

use super::file::{File, Kind};
use super::vectored::{read_parts, write_parts};
use crate::io::frames::{ReadFrames, SeekFrames, WriteFrames, io_by_frames};
use crate::io::in_place::in_place;
use crate::io::{IoSlice, IoSliceMut, SeekFrom};
use crate::task::call::Call;
use std::io;
use std::sync::atomic::Ordering::Relaxed;

impl ReadFrames for &File {
    async fn read_frame(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.kind() {
            Kind::WithCursor {
                cursor, is_shared, ..
            } => {
                let mut cursor = in_place(cursor.lock()).await;
                cursor.read(buf, is_shared.load(Relaxed)).await
            }
            Kind::Watched(stream) => stream.read(buf).await,
        }
    }

    async fn read_vectored_frame(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        read_parts(self, bufs).await
    }
}

impl WriteFrames for &File {
    async fn write_frame(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self.kind() {
            Kind::WithCursor { cursor, .. } => in_place(cursor.lock()).await.write(buf).await,
            Kind::Watched(stream) => stream.write(buf).await,
        }
    }

    async fn write_vectored_frame(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        write_parts(self, bufs).await
    }

    async fn flush_frame(&mut self) -> io::Result<()> {
        match self.kind() {
            Kind::WithCursor { cursor, .. } => in_place(cursor.lock()).await.flush().await,
            Kind::Watched(stream) => stream.flush().await,
        }
    }
}

impl SeekFrames for &File {
    async fn seek_frame(&mut self, position: SeekFrom) -> io::Result<u64> {
        match self.kind() {
            Kind::WithCursor { cursor, .. } => in_place(cursor.lock()).await.seek(position).await,
            Kind::Watched(stream) => stream.seek(position).await,
        }
    }
}

io_by_frames!(['f] &'f File: Read Write Seek);

impl io::Read for &File {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Call::leaf(self.read_frame(buf)).block()
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        Call::leaf(self.read_vectored_frame(bufs)).block()
    }
}

impl io::Write for &File {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Call::leaf(self.write_frame(buf)).block()
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        Call::leaf(self.write_vectored_frame(bufs)).block()
    }

    fn flush(&mut self) -> io::Result<()> {
        Call::leaf(self.flush_frame()).block()
    }
}

impl io::Seek for &File {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        Call::leaf(self.seek_frame(position)).block()
    }
}
