//! What a process writes until its end.

use super::Output;
use super::child::Child;
use futures_io::AsyncRead;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// How much room is made at a time.
const STEP: usize = 8 * 1024;

/// The frame of `output` and `wait_with_output`.
pub(super) async fn output(mut child: Child) -> io::Result<Output> {
    drop(child.stdin.take());
    let mut stdout = Capture::of(child.stdout.take());
    let mut stderr = Capture::of(child.stderr.take());
    // Both at once: the process may fill one pipe before it closes the other.
    poll_fn(|cx| {
        let (out, err) = (stdout.poll(cx), stderr.poll(cx));
        match (out, err) {
            (Poll::Ready(Err(error)), _) | (_, Poll::Ready(Err(error))) => Poll::Ready(Err(error)),
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => Poll::Ready(Ok(())),
            _ => Poll::Pending,
        }
    })
    .await?;
    let status = child.waited().await?;
    Ok(Output {
        status,
        stdout: stdout.bytes,
        stderr: stderr.bytes,
    })
}

/// What has come through a pipe.
struct Capture<S> {
    /// There until its end.
    source: Option<S>,
    bytes: Vec<u8>,
}

impl<S: AsyncRead + Unpin> Capture<S> {
    fn of(source: Option<S>) -> Self {
        Capture {
            source,
            bytes: Vec::new(),
        }
    }

    /// Reads until the end.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(source) = &mut self.source {
            let filled = self.bytes.len();
            self.bytes.resize(filled + STEP, 0);
            let polled = Pin::new(source).poll_read(cx, &mut self.bytes[filled..]);
            let n = match polled {
                Poll::Ready(Ok(n)) => n,
                _ => 0,
            };
            self.bytes.truncate(filled + n);
            match polled {
                Poll::Ready(Ok(0)) => self.source = None,
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(()))
    }
}
