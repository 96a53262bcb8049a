//! A body as a reader.

use ::hyper::HeaderMap;
use ::hyper::body::{Body, Buf, Bytes};
use futures_io::{AsyncBufRead, AsyncRead};
use std::error::Error;
use std::io::{self, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Reads the body of a request or response: a [`Read`](crate::io::Read) and a
/// [`BufRead`](crate::io::BufRead), so that `read_to_end`, `lines` and `io::copy` work.
///
/// Only what is read is taken from the peer: a slow reader slows it down.
///
/// # Errors
/// A body that broke off, with hyper's error inside.
///
/// # Examples
/// ```
/// use http_body_util::Full;
/// use hyper::body::Bytes;
/// use vthread::hyper::BodyReader;
/// use vthread::prelude::*;
///
/// #[vthread]
/// fn main() -> std::io::Result<()> {
///     let body = Full::new(Bytes::from("one\ntwo\n"));
///     let mut n_lines = 0;
///     for line in BodyReader::new(body).lines() {
///         assert_eq!(line?.len(), 3);
///         n_lines += 1;
///     }
///     assert_eq!(n_lines, 2);
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct BodyReader<B> {
    body: B,
    /// What has come and was not read yet.
    data: Bytes,
    trailers: Option<HeaderMap>,
}

impl<B> BodyReader<B> {
    /// A reader of a body.
    pub fn new(body: B) -> Self {
        BodyReader {
            body,
            data: Bytes::new(),
            trailers: None,
        }
    }

    /// The fields that came behind the body. They are known when it has been read to its end.
    pub fn trailers(&self) -> Option<&HeaderMap> {
        self.trailers.as_ref()
    }
}

impl<B> BodyReader<B>
where
    B: Body<Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
{
    /// Ready when there is data, or the end has come.
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while self.data.is_empty() {
            let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
            match frame.transpose().map_err(io::Error::other)? {
                None => break,
                Some(frame) => match frame.into_data() {
                    Ok(mut data) => self.data = data.copy_to_bytes(data.remaining()),
                    Err(frame) => self.trailers = frame.into_trailers().ok(),
                },
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<B> AsyncRead for BodyReader<B>
where
    B: Body<Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
{
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<usize>> {
        ready!(self.poll_data(cx))?;
        let n = buf.len().min(self.data.len());
        self.data.split_to(n).copy_to_slice(&mut buf[..n]);
        Poll::Ready(Ok(n))
    }
}

impl<B> AsyncBufRead for BodyReader<B>
where
    B: Body<Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
{
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<&[u8]>> {
        let this = self.get_mut();
        ready!(this.poll_data(cx))?;
        Poll::Ready(Ok(&this.data))
    }

    fn consume(mut self: Pin<&mut Self>, n: usize) {
        self.data.advance(n);
    }
}
