//! How many requests of a connection are being answered, and since when none is.

use super::drain::Drain;
use ::hyper::body::{Body, Frame, SizeHint};
use ::hyper::header::{self, HeaderValue};
use ::hyper::{Response, StatusCode};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

/// The requests of a connection that are being answered.
#[derive(Clone, Debug)]
pub(super) struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    n_open: usize,
    /// When the last one ended, or the connection began.
    since: Instant,
}

impl Activity {
    pub(super) fn new() -> Self {
        Activity(Arc::new(Mutex::new(State {
            n_open: 0,
            since: crate::time::now(),
        })))
    }

    /// Since when no request is being answered; `None` while one is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        self.with(|state| (state.n_open == 0).then_some(state.since))
    }

    fn open(&self) -> Open {
        self.with(|state| state.n_open += 1);
        Open(self.clone())
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A request, from its head to the end of its answer's body.
#[derive(Debug)]
pub(super) struct Open(Activity);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.with(|state| {
            state.n_open -= 1;
            state.since = crate::time::now();
        });
    }
}

pin_project! {
    /// The answer to a request that is counted from here on.
    pub(super) struct CountedFuture<F> {
        #[pin]
        future: F,
        open: Option<Open>,
        drain: Option<Drain>,
    }
}

impl<F> CountedFuture<F> {
    pub(super) fn new(
        activity: &Activity,
        drain: Option<Drain>,
        answer: impl FnOnce() -> F,
    ) -> Self {
        CountedFuture {
            open: Some(activity.open()),
            drain,
            future: answer(),
        }
    }
}

impl<F, B, E> Future for CountedFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<CountedBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.future.poll(cx));
        let open = this.open.take();
        Poll::Ready(answer.map(|mut answer| {
            let is_last = this.drain.as_ref().is_some_and(Drain::has_begun);
            // A change of the protocol says something else there.
            if is_last && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            answer.map(|body| CountedBody { body, _open: open })
        }))
    }
}

pin_project! {
    /// The body of a counted answer.
    pub(super) struct CountedBody<B> {
        #[pin]
        body: B,
        _open: Option<Open>,
    }
}

impl<B: Body> Body for CountedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
