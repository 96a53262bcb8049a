//! A hyper service from a vthread closure.

use crate::{CancelOnDrop, Group, VthreadFn};
use ::hyper::body::{Body, Frame, Incoming, SizeHint};
use ::hyper::service::Service;
use ::hyper::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use vthread_macros::{catch_unwind, spawn};

/// Any error that another thread may have.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Makes a hyper service of a closure: each request is a vthread, a child of the group around the
/// code that polls the connection.
///
/// The closure takes a `Request<Incoming>` and returns a `Response<B>`, or a `Result` of one. It
/// owns what it uses, and each call gets a clone: an `Arc`, or a `&'static`.
///
/// ```ignore
/// let store = Arc::new(Store::open()?);
/// let service = service(closure!(move |request| answer(&store, request)));
/// ```
///
/// - A client that goes away cancels the vthread of its request.
/// - A panic answers 500, with an empty body. The connection, the server and other requests go on.
/// - An error ends the connection, or on HTTP/2 the stream: an answer that a client shall see is a
///   `Response`. A [`Server`](super::Server) reports it to
///   [`on_failure`](super::Server::on_failure).
///
/// A vthread of the closure that shall outlive its answer's head, to write the body, is spawned
/// into [`Group::current()`]: see [`body_writer`](super::body_writer).
pub fn service<C>(closure: C) -> VthreadService<C>
where
    C: VthreadFn<Request<Incoming>, Output: Answer> + Clone + Send + Sync + 'static,
{
    VthreadService { closure }
}

/// A hyper service whose requests are answered by vthreads. Made by [`service`].
#[derive(Clone)]
pub struct VthreadService<C> {
    closure: C,
}

impl<C> fmt::Debug for VthreadService<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VthreadService { .. }")
    }
}

impl<C, A> Service<Request<Incoming>> for VthreadService<C>
where
    C: VthreadFn<Request<Incoming>, Output = A> + Clone + Send + Sync + 'static,
    A: Answer + Send + 'static,
{
    type Response = Response<AnswerBody<A::Body>>;
    type Error = BoxError;
    type Future = Answering<A>;

    fn call(&self, request: Request<Incoming>) -> Answering<A> {
        let closure = self.closure.clone();
        let group = Group::current();
        let task = spawn!(group => {
            let ended = catch_unwind! { closure.call(request) };
            ended.ok()
        });
        Answering {
            task: task.cancel_on_drop(),
        }
    }
}

/// What the closure of a [`service`] returns: a `Response`, or a `Result` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer to a request",
    label = "expected a `Response<B>` or a `Result<Response<B>, E>`"
)]
pub trait Answer {
    /// The body.
    type Body;

    /// The answer.
    ///
    /// # Errors
    /// The one that the closure returned.
    fn into_answer(self) -> Result<Response<Self::Body>, BoxError>;
}

impl<B> Answer for Response<B> {
    type Body = B;

    fn into_answer(self) -> Result<Response<B>, BoxError> {
        Ok(self)
    }
}

impl<B, E: Into<BoxError>> Answer for Result<Response<B>, E> {
    type Body = B;

    fn into_answer(self) -> Result<Response<B>, BoxError> {
        self.map_err(E::into)
    }
}

/// The future of a [`VthreadService`]. Dropping it cancels the vthread.
#[derive(Debug)]
pub struct Answering<A> {
    /// `None`: it has panicked.
    task: CancelOnDrop<Option<A>>,
}

impl<A: Answer> Future for Answering<A> {
    type Output = Result<Response<AnswerBody<A::Body>>, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ended = ready!(Pin::new(&mut self.task).poll(cx));
        Poll::Ready(match ended {
            Ok(Some(answer)) => answer
                .into_answer()
                .map(|answer| answer.map(AnswerBody::of)),
            Ok(None) => Ok(failed()),
            Err(outcome) => Err(format!("the vthread of the request {outcome}").into()),
        })
    }
}

fn failed<B>() -> Response<AnswerBody<B>> {
    let mut response = Response::new(AnswerBody { body: None });
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

pin_project! {
    /// The body of an answer: the closure's, or an empty one after a panic.
    #[derive(Debug)]
    pub struct AnswerBody<B> {
        #[pin]
        body: Option<B>,
    }
}

impl<B> AnswerBody<B> {
    fn of(body: B) -> Self {
        AnswerBody { body: Some(body) }
    }
}

impl<B: Body> Body for AnswerBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().body.as_pin_mut() {
            Some(body) => body.poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let empty = SizeHint::with_exact(0);
        self.body.as_ref().map_or(empty, B::size_hint)
    }
}
