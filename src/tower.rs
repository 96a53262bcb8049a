//! Vthread closures as services of [tower](https://docs.rs/tower) (feature `tower`).
//!
//! A tower service is async code, in which a vthread call would block. [`service`] makes one of a
//! `closure!`: each request is a vthread. So vthread code is a route of an axum router, or a method
//! of tonic, and tower's layers go around it.

use crate::{CancelOnDrop, Group, VthreadFn};
use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;
use tower_service::Service;
use vthread_macros::{catch_unwind, spawn};

/// Makes a tower service of a closure that returns a `Result`: each request is a vthread, a child
/// of the innermost group around the code that calls the service: see [`Group::current`].
///
/// The service is always ready. The closure owns what it uses, and each call gets a clone. A
/// dropped future cancels its vthread.
///
/// The group has no `max_concurrency`. With one a call waits for room, and blocks the async code
/// around it; of a connection that may be the code for which the group's children wait. A
/// `Semaphore` in the closure bounds how many run at a time.
///
/// # Panics
/// The future does, with the panic of the closure; and if the vthread is cancelled, which its group
/// was then, too.
///
/// # Examples
/// ```ignore
/// // A route of axum's.
/// let n_answers = Arc::new(AtomicU32::new(0));
/// let page = vthread::tower::service(closure!(move |request: Request<Body>| {
///     Ok::<_, Infallible>(answer(&n_answers, request))
/// }));
/// let router = Router::new().route_service("/page", page);
/// ```
pub fn service<C>(closure: C) -> VthreadService<C> {
    VthreadService { closure }
}

/// A tower service whose requests are answered by vthreads. Made by [`service`].
#[derive(Clone)]
pub struct VthreadService<C> {
    closure: C,
}

impl<C> fmt::Debug for VthreadService<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VthreadService { .. }")
    }
}

impl<C, Q, R, E> Service<Q> for VthreadService<C>
where
    C: VthreadFn<Q, Output = Result<R, E>> + Clone + Send + Sync + 'static,
    Q: Send + 'static,
    R: Send + 'static,
    E: Send + 'static,
{
    type Response = R;
    type Error = E;
    type Future = Answering<R, E>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), E>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Q) -> Answering<R, E> {
        let closure = self.closure.clone();
        let group = Group::current();
        let task = spawn!(group => {
            let ended = catch_unwind! { closure.call(request) };
            Ended(ended)
        });
        Answering {
            task: task.cancel_on_drop(),
        }
    }
}

/// No `Result`, which would fail the group.
struct Ended<R, E>(thread::Result<Result<R, E>>);

/// The future of a [`VthreadService`]. Dropping it cancels the vthread.
pub struct Answering<R, E> {
    task: CancelOnDrop<Ended<R, E>>,
}

impl<R, E> fmt::Debug for Answering<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answering { .. }")
    }
}

impl<R, E> Future for Answering<R, E> {
    type Output = Result<R, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<R, E>> {
        match ready!(Pin::new(&mut self.task).poll(cx)) {
            Ok(Ended(Ok(result))) => Poll::Ready(result),
            Ok(Ended(Err(payload))) => resume_unwind(payload),
            Err(outcome) => panic!("the vthread of a request has no answer: {outcome}"),
        }
    }
}
