//! What answers the requests of a connection.

use super::BoxError;
use super::activity::{Activity, CountedBody, CountedFuture};
use super::drain::Drain;
use crate::Group;
use ::hyper::body::{Body, Incoming};
use ::hyper::service::Service;
use ::hyper::{Request, Response};
use std::future::Future;

/// What a [`Server`](super::Server) serves: a [`service`](super::service) of a vthread closure, or
/// any service of hyper's.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not answer requests",
    label = "expected a service",
    note = "a closure becomes one by `vthread::hyper::service(closure!(|request| ..))`, a router of \
            axum's by `hyper_util::service::TowerToHyperService::new(router)`"
)]
pub trait Handler: Send {
    /// The body of an answer.
    #[doc(hidden)]
    type Body: Body<Data: Send, Error: Into<BoxError>> + Send + 'static;
    #[doc(hidden)]
    type Error: Into<BoxError>;
    #[doc(hidden)]
    type Future: Future<Output = Result<Response<Self::Body>, Self::Error>> + Send + 'static;

    /// Answers; what it spawns becomes a child of the connection's group. The future borrows
    /// nothing, because hyper may keep it for longer than the group lives.
    #[doc(hidden)]
    fn answer<'scope>(&self, group: &Group<'scope>, request: Request<Incoming>) -> Self::Future
    where
        Self: 'scope;
}

// rustc tells of `Handler` then, whose message says what to write.
#[diagnostic::do_not_recommend]
impl<S, B> Handler for S
where
    S: Service<
            Request<Incoming>,
            Response = Response<B>,
            Error: Into<BoxError>,
            Future: Send + 'static,
        > + Send,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Body = B;
    type Error = S::Error;
    type Future = S::Future;

    fn answer<'scope>(&self, _group: &Group<'scope>, request: Request<Incoming>) -> S::Future
    where
        Self: 'scope,
    {
        self.call(request)
    }
}

/// A handler as the service of one connection. Its requests are counted, and its clients are told
/// that the server ends.
#[derive(Debug)]
pub(super) struct Handled<'connection, 'scope, H: 'scope> {
    pub(super) handler: H,
    /// The connection's.
    pub(super) group: &'connection Group<'scope>,
    pub(super) activity: Activity,
    /// The server's end, of which an answer of HTTP/1 tells by `connection: close`. HTTP/2 has a
    /// frame for it.
    pub(super) drain: Option<Drain>,
}

// That `H` outlives `'scope` is the struct's own bound. Here it would be one for every `'scope`,
// where rustc asks whether the frame of a connection is `Send`.
impl<'scope, H: Handler> Service<Request<Incoming>> for Handled<'_, 'scope, H> {
    type Response = Response<CountedBody<H::Body>>;
    type Error = H::Error;
    type Future = CountedFuture<H::Future>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (activity, drain) = (&self.activity, self.drain.clone());
        CountedFuture::new(activity, drain, || self.handler.answer(self.group, request))
    }
}
