//! Work on files, on a helper thread.

use crate::driver::blocking::Offload;
use crate::task::current::checkpoint;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

type Work<R> = Box<dyn FnOnce() -> io::Result<R> + Send>;

/// Work that a helper thread does. It owns all it needs, for it may be left alone.
pub(super) struct OnHelper<R> {
    offload: Offload<Work<R>, io::Result<R>>,
}

/// Has a helper do `work`, from the first poll on.
pub(super) fn on_helper<R: Send + 'static>(
    work: impl FnOnce() -> io::Result<R> + Send + 'static,
) -> OnHelper<R> {
    OnHelper {
        offload: Offload::new(Box::new(work)),
    }
}

impl<R: Send + 'static> Future for OnHelper<R> {
    type Output = io::Result<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<R>> {
        ready!(checkpoint(cx));
        Pin::new(&mut self.offload).poll(cx).map(Result::flatten)
    }
}

impl<R> fmt::Debug for OnHelper<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnHelper")
    }
}
