//! Our TCP stream with the two traits that hyper requires of its connections.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::{AsyncRead, AsyncWrite};
use hyper::rt::ReadBufCursor;
use vthread::net::TcpStream;

/// The most that one read can bring.
const READ_LEN: usize = 16 * 1024;

/// A TCP stream for hyper.
#[derive(Debug)]
pub(crate) struct HyperIo {
    stream: TcpStream,
    /// The buffer that reads fill first: hyper's own buffer is uninitialised memory, which only
    /// `unsafe` code could pass to a reader.
    landing: Box<[u8]>,
}

impl HyperIo {
    /// Wraps `stream`.
    pub(crate) fn new(stream: TcpStream) -> Self {
        HyperIo {
            stream,
            landing: vec![0; READ_LEN].into_boxed_slice(),
        }
    }
}

impl hyper::rt::Read for HyperIo {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let room = cursor.remaining().min(this.landing.len());
        let landing = &mut this.landing[..room];
        let n = ready!(Pin::new(&mut this.stream).poll_read(cx, landing))?;
        cursor.put_slice(&landing[..n]);
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for HyperIo {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_close(cx)
    }
}
