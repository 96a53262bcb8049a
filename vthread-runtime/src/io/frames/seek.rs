//! Frames of moving about.

use crate::io::{Result, SeekFrom};
use crate::task::current::checkpoint;
use futures_io::AsyncSeek;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::ready;

/// The frames of the methods of [`Seek`](crate::io::Seek), whose page describes each.
pub(crate) trait SeekFrames: Send {
    fn seek_frame(&mut self, position: SeekFrom) -> impl Future<Output = Result<u64>> + Send;

    fn rewind_frame(&mut self) -> impl Future<Output = Result<()>> + Send {
        async move { self.seek_frame(SeekFrom::Start(0)).await.map(drop) }
    }

    fn stream_position_frame(&mut self) -> impl Future<Output = Result<u64>> + Send {
        self.seek_frame(SeekFrom::Current(0))
    }

    fn seek_relative_frame(&mut self, offset: i64) -> impl Future<Output = Result<()>> + Send {
        async move { self.seek_frame(SeekFrom::Current(offset)).await.map(drop) }
    }
}

impl<T: AsyncSeek + Unpin + Send + ?Sized> SeekFrames for T {
    fn seek_frame(&mut self, position: SeekFrom) -> impl Future<Output = Result<u64>> + Send {
        poll_fn(move |cx| {
            ready!(checkpoint(cx));
            Pin::new(&mut *self).poll_seek(cx, position)
        })
    }
}
