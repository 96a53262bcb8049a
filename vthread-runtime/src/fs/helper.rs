//! Work on files, on a helper thread.
//!
//! Abandoned work runs to its end. If that may be far away, it consists of steps, and checks before
//! each whether it is still [`Wanted`].

use crate::driver::blocking::Offload;
use crate::task::current::checkpoint;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

type Work<R> = Box<dyn FnOnce() -> io::Result<R> + Send>;

/// Work for a helper thread. It owns all it needs, since it may be abandoned.
pub(crate) struct OnHelper<R> {
    offload: Offload<Work<R>, io::Result<R>>,
    /// The token that work of many steps checks: it is dropped with the frame.
    _wanted: Option<Arc<()>>,
}

/// Whether the frame that waits for the work is still there.
#[derive(Debug)]
pub(super) struct Wanted(Weak<()>);

impl Wanted {
    /// For as long as `token` is there.
    pub(super) fn by(token: &Arc<()>) -> Self {
        Wanted(Arc::downgrade(token))
    }

    /// # Errors
    /// It is not. The error is dropped, as the work's result is.
    pub(super) fn check(&self) -> io::Result<()> {
        match self.0.strong_count() {
            0 => Err(io::ErrorKind::Interrupted.into()),
            _ => Ok(()),
        }
    }
}

/// Lets a helper do `work`, from the first poll on.
pub(crate) fn on_helper<R: Send + 'static>(
    work: impl FnOnce() -> io::Result<R> + Send + 'static,
) -> OnHelper<R> {
    OnHelper {
        offload: Offload::new(Box::new(work)),
        _wanted: None,
    }
}

/// Lets a helper do `work`, which consists of steps, from the first poll on.
pub(super) fn in_steps<R: Send + 'static>(
    work: impl FnOnce(&Wanted) -> io::Result<R> + Send + 'static,
) -> OnHelper<R> {
    let token = Arc::new(());
    let wanted = Wanted::by(&token);
    OnHelper {
        offload: Offload::new(Box::new(move || work(&wanted))),
        _wanted: Some(token),
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
