//! A service from a vthread closure.

use super::handler::Handler;
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

/// Makes a service of a closure: each request is a vthread, a child of its connection.
///
/// The closure takes a `Request<Incoming>` and returns a `Response<B>`, or a `Result` of one. It
/// borrows what it uses, as a child does: what is bound outside of the group in which it serves.
///
/// ```
/// use hyper::{Request, Response, body::Incoming};
/// use vthread::hyper::{serve, service};
/// use vthread::net::TcpListener;
/// use vthread::prelude::*;
/// use vthread::sync::Mutex;
///
/// /// Serves until the first request has come.
/// #[vthread]
/// fn count(listener: &TcpListener) -> std::io::Result<u32> {
///     let n_requests = Mutex::new(0);
///     let (tx, rx) = vthread::sync::channel(1);
///     group! {
///         spawn!(service => {
///             let answer = closure!(|_request: Request<Incoming>| {
///                 *n_requests.lock() += 1;
///                 let _ = tx.send(());
///                 Response::new(String::new())
///             });
///             serve(listener, service(answer))?;
///         });
///         let _ = rx.recv();
///     }?; // The request that runs has been answered here.
///     Ok(n_requests.into_inner())
/// }
/// # fn main() -> std::io::Result<()> {
/// #     let listener = TcpListener::bind("127.0.0.1:0").block()?;
/// #     let address = listener.local_addr()?;
/// #     let client = std::thread::spawn(move || {
/// #         let mut stream = std::net::TcpStream::connect(address).unwrap();
/// #         std::io::Write::write_all(&mut stream, b"GET / HTTP/1.0\r\n\r\n").unwrap();
/// #         std::io::read_to_string(stream).unwrap()
/// #     });
/// #     assert_eq!(count(&listener)?, 1);
/// #     assert!(client.join().unwrap().starts_with("HTTP/1.0 200"));
/// #     Ok(())
/// # }
/// ```
///
/// - A client that goes away cancels the vthread of its request.
/// - A panic answers 500, with an empty body. The connection, the server and other requests go on.
/// - An error ends the connection, or on HTTP/2 the stream: an answer that a client shall see is a
///   `Response`. On HTTP/1 a [`Server`](super::Server) reports it to
///   [`on_failure`](super::Server::on_failure).
///
/// A vthread of the closure that shall outlive its answer's head, to write the body, is spawned
/// into [`Group::current()`]: see [`body_writer`](super::body_writer).
pub fn service<C>(closure: C) -> VthreadService<C>
where
    C: VthreadFn<Request<Incoming>, Output: Answer> + Clone + Send + Sync,
{
    VthreadService { closure }
}

/// A service whose requests are answered by vthreads. Made by [`service`].
#[derive(Clone)]
pub struct VthreadService<C> {
    closure: C,
}

impl<C> VthreadService<C> {
    /// The same for hyper's own builders: a service of hyper's, whose vthreads are children of the
    /// innermost group around the code that polls the connection: see [`Group::current`].
    ///
    /// That group is known only then. So the closure owns what it uses, and each call gets a clone:
    /// an `Arc`, or a `&'static`.
    ///
    /// The group has no `max_concurrency`. With one a request waits for room in the middle of the
    /// poll: the whole connection stands still, and a closure that reads the body of its request
    /// never gets it. A `Semaphore` in the closure bounds how many run at a time.
    pub fn in_current_group(self) -> GroupService<C>
    where
        C: 'static,
    {
        GroupService {
            closure: self.closure,
        }
    }
}

impl<C> fmt::Debug for VthreadService<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VthreadService { .. }")
    }
}

impl<C, A, B> Handler for VthreadService<C>
where
    C: VthreadFn<Request<Incoming>, Output = A> + Clone + Send + Sync,
    A: Answer<Body = B> + Send + 'static,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Body = AnswerBody<B>;
    type Error = BoxError;
    type Future = Answering<A>;

    fn answer<'scope>(&self, group: &Group<'scope>, request: Request<Incoming>) -> Answering<A>
    where
        Self: 'scope,
    {
        let closure = self.closure.clone();
        let task = spawn!(group => {
            let ended = catch_unwind! { closure.call(request) };
            ended.ok()
        });
        Answering {
            task: task.cancel_on_drop(),
        }
    }
}

/// A service for hyper's own builders. Made by [`VthreadService::in_current_group`].
#[derive(Clone)]
pub struct GroupService<C> {
    closure: C,
}

impl<C> fmt::Debug for GroupService<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GroupService { .. }")
    }
}

impl<C, A> Service<Request<Incoming>> for GroupService<C>
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

/// The future of a [`service`]. Dropping it cancels the vthread.
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
