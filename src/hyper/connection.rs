//! One connection of a server.

use super::BoxError;
use super::activity::Activity;
use super::drain::Drain;
use super::handler::{Handled, Handler};
use super::io::Io;
use super::server::Server;
use super::timer::Timer;
use crate::time;
use ::hyper::body::{Body, Incoming};
use ::hyper::server::conn::http1;
use ::hyper::service::Service;
use ::hyper::{Request, Response};
use futures_io::{AsyncRead, AsyncWrite};
use std::future::Future;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::time::Duration;
use vthread_macros::{group, select, timeout, vthread};

#[cfg(feature = "http2")]
use super::executor::Executor;
#[cfg(feature = "http2")]
use ::hyper::server::conn::http2;

/// How a connection of HTTP/2 begins.
#[cfg(feature = "http2")]
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Without HTTP/2 the first byte is waited for, all the same.
#[cfg(not(feature = "http2"))]
const PREFACE: &[u8] = b"";

/// How long a connection without a first byte is kept once the server ends: its client may have
/// sent a request that is on its way.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a connection has ended.
#[derive(Debug)]
pub(super) enum Ended {
    Well,
    /// No first byte has come in time.
    Late,
    Io(io::Error),
    Http(::hyper::Error),
}

impl From<::hyper::Result<()>> for Ended {
    fn from(result: ::hyper::Result<()>) -> Self {
        match result {
            Ok(()) => Ended::Well,
            Err(error) => Ended::Http(error),
        }
    }
}

/// Serves a connection.
#[vthread]
pub(super) fn converse<T, H>(server: &Server, stream: T, handler: H, drain: &Drain) -> Ended
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    let mut io = Io::new(stream);
    let begun = timeout!(server.header_timeout => {
        select! {
            begun = begin(&mut io).await => Some(begun),
            () = patience(drain) => None,
        }
    });
    let protocol = match begun {
        Ok(Some(Ok(Some(protocol)))) => protocol,
        // Closed before its first byte, or at the end of the server.
        Ok(Some(Ok(None)) | None) => return Ended::Well,
        Ok(Some(Err(error))) => return Ended::Io(error),
        Err(_) => return Ended::Late,
    };
    let activity = Activity::new();
    group!(requests => {
        let service = Handled {
            handler,
            group: requests,
            activity: activity.clone(),
            drain: matches!(protocol, Protocol::Http1).then(|| drain.clone()),
        };
        let ended = match protocol {
            Protocol::Http1 => {
                let mut builder = server.http1.clone();
                builder.timer(Timer).header_read_timeout(server.header_timeout);
                let connection = builder.serve_connection(io, service).with_upgrades();
                drive(Box::pin(connection), server.idle_timeout, &activity, drain)
            }
            #[cfg(feature = "http2")]
            Protocol::Http2 => {
                let mut builder = http2::Builder::new(Executor::current());
                builder.timer(Timer).max_concurrent_streams(server.max_streams);
                let connection = builder.serve_connection(io, service);
                drive(Box::pin(connection), server.idle_timeout, &activity, drain)
            }
        };
        if !matches!(ended, Ended::Well) {
            // The client has gone: what its requests still do is in vain.
            requests.cancel();
        }
        ended
    })
}

/// The protocol that the client speaks.
#[derive(Debug)]
enum Protocol {
    Http1,
    #[cfg(feature = "http2")]
    Http2,
}

/// Reads until the protocol is known, and puts the bytes back. `None`: the client has closed the
/// connection without a byte.
async fn begin<T: AsyncRead + Unpin>(io: &mut Io<T>) -> io::Result<Option<Protocol>> {
    let mut head = [0; 24];
    let mut len = 0;
    let protocol = loop {
        let n = poll_fn(|cx| Pin::new(io.get_mut()).poll_read(cx, &mut head[len..])).await?;
        len += n;
        let is_preface = PREFACE.starts_with(&head[..len]);
        if len == 0 {
            return Ok(None);
        }
        if n == 0 || !is_preface {
            break Protocol::Http1;
        }
        #[cfg(feature = "http2")]
        if len == PREFACE.len() {
            break Protocol::Http2;
        }
    };
    io.unread(head[..len].to_vec());
    Ok(Some(protocol))
}

/// Until the server ends, and a while longer.
#[vthread]
fn patience(drain: &Drain) {
    drain.begun();
    time::sleep(PATIENCE);
}

/// A connection of hyper's that can be ended in an orderly way.
trait Graceful: Future<Output = ::hyper::Result<()>> {
    fn end(self: Pin<&mut Self>);
}

impl<T, S, B> Graceful for http1::UpgradeableConnection<T, S>
where
    T: ::hyper::rt::Read + ::hyper::rt::Write + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error: Into<BoxError>>,
    B: Body<Error: Into<BoxError>> + 'static,
{
    fn end(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

#[cfg(feature = "http2")]
impl<T, S, B> Graceful for http2::Connection<T, S, Executor>
where
    T: ::hyper::rt::Read + ::hyper::rt::Write + Unpin,
    S: Service<Request<Incoming>, Response = Response<B>, Error: Into<BoxError>>,
    S::Future: Send + 'static,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    fn end(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Moves the connection until it ends: by itself, because it is idle, or with the server.
#[vthread]
fn drive<C: Graceful + Send>(
    mut connection: Pin<Box<C>>,
    idle_timeout: Duration,
    activity: &Activity,
    drain: &Drain,
) -> Ended {
    let mut is_ending = false;
    let mut idle = time::Timer::after(idle_timeout);
    loop {
        select! {
            // The connection first: a request that has come is not idle.
            biased;
            result = connection.as_mut().await => return result.into(),
            () = drain.begun(), if !is_ending => is_ending = true,
            () = idle.wait(), if !is_ending => {
                let since = activity.idle_since().unwrap_or_else(time::now);
                idle = time::Timer::at(since + idle_timeout);
                is_ending = idle.is_over();
            }
        }
        if is_ending {
            connection.as_mut().end();
        }
    }
}
