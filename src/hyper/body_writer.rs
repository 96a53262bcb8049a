//! A body that a vthread writes.

use ::hyper::HeaderMap;
use ::hyper::body::{Body, Bytes, Frame};
use futures_io::AsyncWrite;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// How many bytes wait for the peer at most.
const CAPACITY: usize = 64 * 1024;

/// A body that is written while it is sent, and its writer.
///
/// The writer is a [`Write`](crate::io::Write). It waits while the peer does not read: 64 KiB are
/// kept. [`finish`](BodyWriter::finish) ends the body. A writer that is dropped without, because
/// its vthread failed or was cancelled, breaks the body off, so that the peer sees that a part is
/// missing.
///
/// ```ignore
/// /// Answers with what it is sent, while it comes.
/// #[vthread]
/// fn echo(request: Request<Incoming>) -> Response<WrittenBody> {
///     let (mut writer, body) = body_writer();
///     let connection = Group::current();
///     spawn!(connection => {
///         let mut reader = BodyReader::new(request.into_body());
///         if io::copy(&mut reader, &mut writer).is_ok() {
///             writer.finish();
///         }
///     });
///     Response::new(body)
/// }
/// ```
pub fn body_writer() -> (BodyWriter, WrittenBody) {
    let pipe = Arc::new(Pipe::default());
    (BodyWriter { pipe: pipe.clone() }, WrittenBody { pipe })
}

/// Writes a body: see [`body_writer`].
///
/// # Suspends
/// While the peer has not read what was written.
///
/// # Cancellation
/// A cancelled write has not happened. The body breaks off when the writer is dropped.
///
/// # Errors
/// `BrokenPipe` when the peer does not want the body any more.
#[derive(Debug)]
pub struct BodyWriter {
    pipe: Arc<Pipe>,
}

/// The body that a [`BodyWriter`] writes.
#[derive(Debug)]
pub struct WrittenBody {
    pipe: Arc<Pipe>,
}

/// The error of a body whose writer was dropped before its [`finish`](BodyWriter::finish).
#[derive(Debug)]
#[non_exhaustive]
pub struct BodyCut;

impl fmt::Display for BodyCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the writer of the body was dropped before its end")
    }
}

impl Error for BodyCut {}

#[derive(Debug, Default)]
struct Pipe(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    data: VecDeque<Bytes>,
    /// The length of `data`.
    len: usize,
    end: Option<End>,
    /// The body was dropped.
    is_deaf: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

#[derive(Debug)]
enum End {
    Whole(Option<HeaderMap>),
    Cut,
}

impl Pipe {
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state, and wakes the reader when the lock has been released.
    fn tell_reader<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (value, reader) = self.with(|state| (change(state), state.reader.take()));
        if let Some(reader) = reader {
            reader.wake();
        }
        value
    }

    /// As `tell_reader`, for the writer.
    fn tell_writer<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (value, writer) = self.with(|state| (change(state), state.writer.take()));
        if let Some(writer) = writer {
            writer.wake();
        }
        value
    }
}

impl BodyWriter {
    /// Ends the body: what was written is all of it. Does not wait.
    pub fn finish(self) {
        self.end(End::Whole(None));
    }

    /// Ends the body with fields behind it. Does not wait.
    pub fn finish_with(self, trailers: HeaderMap) {
        self.end(End::Whole(Some(trailers)));
    }

    fn end(&self, end: End) {
        self.pipe.tell_reader(|state| {
            state.end.get_or_insert(end);
        });
    }
}

impl Drop for BodyWriter {
    fn drop(&mut self) {
        self.end(End::Cut);
    }
}

impl AsyncWrite for BodyWriter {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // Foreign wakers are cloned and dropped, and memory is copied, outside the lock.
        let mut waker = Some(cx.waker().clone());
        let room = self.pipe.with(|state| {
            if state.is_deaf || state.end.is_some() {
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            }
            if state.len >= CAPACITY && !bytes.is_empty() {
                std::mem::swap(&mut state.writer, &mut waker);
                return Poll::Pending;
            }
            Poll::Ready(Ok(CAPACITY.saturating_sub(state.len)))
        });
        drop(waker);
        // There is one writer, so the room does not shrink.
        room.map_ok(|room| {
            let n = bytes.len().min(room);
            if n > 0 {
                let data = Bytes::copy_from_slice(&bytes[..n]);
                self.pipe.tell_reader(|state| {
                    state.len += n;
                    state.data.push_back(data);
                });
            }
            n
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end(End::Whole(None));
        Poll::Ready(Ok(()))
    }
}

impl Body for WrittenBody {
    type Data = Bytes;
    type Error = BodyCut;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyCut>>> {
        let mut waker = Some(cx.waker().clone());
        let polled = self.pipe.tell_writer(|state| {
            if let Some(data) = state.data.pop_front() {
                state.len -= data.len();
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            match &mut state.end {
                Some(End::Cut) => Poll::Ready(Some(Err(BodyCut))),
                Some(End::Whole(trailers)) => {
                    Poll::Ready(trailers.take().map(Frame::trailers).map(Ok))
                }
                None => {
                    std::mem::swap(&mut state.reader, &mut waker);
                    Poll::Pending
                }
            }
        });
        drop(waker);
        polled
    }
}

impl Drop for WrittenBody {
    fn drop(&mut self) {
        let unread = self.pipe.tell_writer(|state| {
            state.is_deaf = true;
            std::mem::take(&mut state.data)
        });
        drop(unread);
    }
}
