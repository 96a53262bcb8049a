//! Reads and writes of several buffers at once.
//!
//! They are one operation of the file, as the system's `readv` and `writev`: the bytes go through
//! one buffer, which is filled or emptied while nothing suspends. So a cancelled one has moved
//! nothing, and other handles of the file see all of a write or none.

use crate::io::frames::{ReadFrames, WriteFrames};
use std::io::{self, IoSlice, IoSliceMut};

/// The most bytes of one operation.
const MOST: usize = 2 * 1024 * 1024;

/// Fills buffers in their order, by one read.
pub(super) async fn read_parts<R: ReadFrames>(
    file: &mut R,
    bufs: &mut [IoSliceMut<'_>],
) -> io::Result<usize> {
    let wanted: usize = bufs.iter().map(|buf| buf.len()).sum();
    if let Some(only) = bufs.iter_mut().find(|buf| buf.len() == wanted) {
        return file.read_frame(only).await;
    }
    let mut bytes = vec![0; wanted.min(MOST)];
    let n = file.read_frame(&mut bytes).await?;
    let mut rest = &bytes[..n];
    for buf in bufs {
        let (here, later) = rest.split_at(rest.len().min(buf.len()));
        buf[..here.len()].copy_from_slice(here);
        rest = later;
    }
    Ok(n)
}

/// Writes buffers in their order, by one write.
pub(super) async fn write_parts<W: WriteFrames>(
    file: &mut W,
    bufs: &[IoSlice<'_>],
) -> io::Result<usize> {
    let all: usize = bufs.iter().map(|buf| buf.len()).sum();
    if let Some(only) = bufs.iter().find(|buf| buf.len() == all) {
        return file.write_frame(only).await;
    }
    let mut bytes = Vec::with_capacity(all.min(MOST));
    for buf in bufs {
        let room = MOST - bytes.len();
        bytes.extend_from_slice(&buf[..buf.len().min(room)]);
    }
    file.write_frame(&bytes).await
}
