//! A server.

use super::connection::{self, Ended};
use super::drain::Drain;
use super::handler::Handler;
use crate::VthreadFn;
use crate::checkpoint;
use crate::net::{TcpListener, TcpStream};
use crate::sync::Semaphore;
use ::hyper::server::conn::http1;
use futures_io::{AsyncRead, AsyncWrite};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use vthread_macros::{catch_unwind, closure, group, select, shield, spawn, vthread};

/// Serves HTTP on a listener until it is cancelled, with the limits of [`Server::new`].
///
/// The service is one of [`service`](super::service), or any other of hyper's: an axum router in
/// hyper-util's `TowerToHyperService`.
///
/// # Suspends
/// Until it is cancelled.
///
/// # Cancellation
/// An orderly end: see [`Server`].
///
/// # Errors
/// The listener accepts nothing any more. Requests that run are answered before.
#[vthread]
pub fn serve<S>(listener: &TcpListener, service: S) -> io::Result<()>
where
    S: Handler + Clone,
{
    Server::new().serve(listener, service)
}

type Report = Arc<dyn Fn(&Failure) + Send + Sync>;

/// An HTTP server with limits.
///
/// Each connection is a vthread, and so is each request of a [`service`](super::service).
///
/// # Its end
/// A server ends when it is cancelled: its group fails or ends, ctrl-c, [`Task::cancel`]. From then
/// on
/// - nothing is accepted. What the system has accepted already stays in the listener, which is
///   yours;
/// - idle connections are closed;
/// - requests that run are answered within the [`grace`](Server::grace), and their connections are
///   closed behind the answer, which says so to the client;
/// - a connection that has not brought its first byte yet may do so for five seconds.
///
/// What remains when the grace is over is cancelled: its frames are dropped. The server does not
/// return: no code behind the call runs, since its caller is cancelled.
///
/// # What it does not limit
/// The time and the length of bodies: put a `timeout!` around what reads one, and count. The length
/// of a head is hyper's setting: see [`http1`](Server::http1).
///
/// [`Task::cancel`]: crate::Task::cancel
///
/// ```ignore
/// Server::new()
///     .max_connections(10_000)
///     .header_timeout(Duration::from_secs(5))
///     .grace(Duration::from_secs(20))
///     .serve(&listener, service(closure!(|request| answer(request))))?;
/// ```
#[derive(Clone)]
pub struct Server {
    max_connections: usize,
    grace: Duration,
    pub(super) header_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) http1: http1::Builder,
    #[cfg_attr(not(feature = "http2"), allow(dead_code))]
    pub(super) max_streams: u32,
    on_failure: Option<Report>,
}

impl Default for Server {
    fn default() -> Self {
        Server::new()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("max_connections", &self.max_connections)
            .field("grace", &self.grace)
            .field("header_timeout", &self.header_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_streams", &self.max_streams)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// One without a limit of connections, 30 seconds for headers, a minute for idle connections,
    /// 30 seconds of grace, and 200 concurrent streams in a connection of HTTP/2.
    pub fn new() -> Self {
        Server {
            max_connections: usize::MAX,
            grace: Duration::from_secs(30),
            header_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            http1: http1::Builder::new(),
            max_streams: 200,
            on_failure: None,
        }
    }

    /// How many connections there are at most. More wait in the system's queue of the listener.
    ///
    /// # Panics
    /// If it is zero.
    pub fn max_connections(mut self, n: usize) -> Self {
        assert!(n > 0, "a server without connections serves nothing");
        self.max_connections = n;
        self
    }

    /// How long a client may take for its first bytes, and for the head of a request. On HTTP/1 the
    /// wait for the next request counts, too. A connection that takes longer is closed.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// How long a connection may have no request.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long requests may take once the server is cancelled. If the grace of a group around is
    /// shorter, it counts.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Whether a connection of HTTP/1 serves more than one request: it does unless `false`.
    pub fn keep_alive(mut self, keep_alive: bool) -> Self {
        self.http1.keep_alive(keep_alive);
        self
    }

    /// How many requests of one connection of HTTP/2 run at a time.
    #[cfg(feature = "http2")]
    pub fn max_streams(mut self, n: u32) -> Self {
        self.max_streams = n;
        self
    }

    /// hyper's settings for HTTP/1: the size of headers, and others. Its timer and its timeout for
    /// headers are set by the server.
    pub fn http1(mut self, set: impl FnOnce(&mut http1::Builder)) -> Self {
        set(&mut self.http1);
        self
    }

    /// What is called with each failure that no return value carries. Without, they are forgotten:
    /// most of them are clients that went away.
    pub fn on_failure(mut self, report: impl Fn(&Failure) + Send + Sync + 'static) -> Self {
        self.on_failure = Some(Arc::new(report));
        self
    }

    fn report(&self, failure: Failure) {
        if let Some(report) = &self.on_failure {
            report(&failure);
        }
    }
}

#[vthread]
impl Server {
    /// Serves until it is cancelled: see [`serve`].
    ///
    /// # Suspends
    /// Until it is cancelled.
    ///
    /// # Cancellation
    /// An orderly end: see [`Server`].
    ///
    /// # Errors
    /// The listener accepts nothing any more. Requests that run are answered before.
    pub fn serve<S>(&self, listener: &TcpListener, service: S) -> io::Result<()>
    where
        S: Handler + Clone,
    {
        let accept = closure!(|| -> io::Result<TcpStream> {
            let (stream, _) = listener.accept()?;
            // Answers leave at once. A client that has gone is met at the first read.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        });
        self.serve_with(accept, service)
    }

    /// As [`serve`](Server::serve), for connections that a closure accepts: those of a
    /// [`UnixListener`](crate::net::UnixListener), say. It is called again when it has returned a
    /// connection or an error, and cancelled at the server's end.
    ///
    /// A handshake does not belong here, because it would keep other clients waiting: see
    /// [`serve_connection`](Server::serve_connection).
    ///
    /// ```ignore
    /// let accept = closure!(|| -> io::Result<UnixStream> { Ok(listener.accept()?.0) });
    /// server.serve_with(accept, service)?;
    /// ```
    ///
    /// # Suspends
    /// Until it is cancelled.
    ///
    /// # Cancellation
    /// An orderly end: see [`Server`].
    ///
    /// # Errors
    /// The first of the kind `InvalidInput` or `NotConnected`: nothing can be accepted any more.
    /// Others are reported to [`on_failure`](Server::on_failure). Requests that run are answered
    /// before.
    pub fn serve_with<L, T, S>(&self, accept: L, service: S) -> io::Result<()>
    where
        L: VthreadFn<(), Output = io::Result<T>> + Send + Sync,
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: Handler + Clone,
    {
        let drain = Drain::new();
        let places = Semaphore::new(self.max_connections);
        let ended = group!(grace = self.grace => {
            // The shield keeps the cancellation from the connections; this child receives it.
            let beginning = drain.begins_with();
            spawn!(service => {
                let _beginning = beginning;
                std::future::pending::<()>().await;
            });
            shield! {
                group! {
                    let failure = loop {
                        let place = select! {
                            () = drain.begun() => break None,
                            place = places.acquire() => place,
                        };
                        let accepted = select! {
                            () = drain.begun() => break None,
                            accepted = accept.call(()) => accepted,
                        };
                        match accepted {
                            Ok(stream) => {
                                let service = service.clone();
                                spawn! {
                                    let _place = place;
                                    self.converse(stream, service, &drain);
                                }
                            }
                            Err(error) if is_fatal(&error) => break Some(error),
                            Err(error) => self.report(Failure::Accept(error)),
                        }
                    };
                    drain.begin();
                    failure
                }?
            }
            .map_or(Ok(()), Err)?;
        });
        if ended.is_ok() {
            // It was cancelled, and no code after it runs.
            checkpoint();
        }
        ended
    }

    /// Serves one connection, until the client closes it or a timeout does: after a handshake of
    /// TLS, say.
    ///
    /// Failures are reported to [`on_failure`](Server::on_failure).
    ///
    /// # Suspends
    /// Until the connection ends.
    ///
    /// # Cancellation
    /// An orderly end: see [`Server`].
    pub fn serve_connection<T, S>(&self, stream: T, service: S)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: Handler,
    {
        let drain = Drain::new();
        group!(grace = self.grace => {
            let beginning = drain.begins_with();
            spawn!(service => {
                let _beginning = beginning;
                std::future::pending::<()>().await;
            });
            shield! { self.converse(stream, service, &drain) }
        });
    }

    /// Serves one connection of which the failures are reported.
    fn converse<T, S>(&self, stream: T, service: S, drain: &Drain)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: Handler,
    {
        // A panic is one of a service that is no vthread.
        match catch_unwind! { connection::converse(self, stream, service, drain) } {
            Ok(Ended::Well) => {}
            Ok(Ended::Late) => self.report(Failure::Late),
            Ok(Ended::Io(error)) => self.report(Failure::Io(error)),
            Ok(Ended::Http(error)) => self.report(Failure::Http(error)),
            Err(_) => self.report(Failure::Panicked),
        }
    }
}

/// Whether a listener accepts nothing any more.
fn is_fatal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::NotConnected
    )
}

/// What a [`Server`] reports to its [`on_failure`](Server::on_failure).
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// A connection was not accepted.
    Accept(io::Error),
    /// A connection brought no first byte in time, or not enough to tell the protocol.
    Late,
    /// A connection failed before its first request.
    Io(io::Error),
    /// A connection failed: the client went away or does not speak HTTP, a timeout, or an error of
    /// the service, which is the source of hyper's error.
    Http(::hyper::Error),
    /// A service of other async code panicked, which has ended its connection.
    Panicked,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Accept(_) => f.write_str("a connection was not accepted"),
            Failure::Late => f.write_str("a connection brought no request in time"),
            Failure::Io(_) => f.write_str("a connection failed before its first request"),
            Failure::Http(_) => f.write_str("a connection failed"),
            Failure::Panicked => f.write_str("a service panicked"),
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Failure::Accept(error) | Failure::Io(error) => Some(error),
            Failure::Http(error) => Some(error),
            Failure::Late | Failure::Panicked => None,
        }
    }
}
