//! The client of the tests: hyper's, on a stream of vthread's.

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response, StatusCode};
use vthread::Group;
use vthread::hyper::{BoxError, Executor, Io};
use vthread::net::{SocketAddr, TcpListener, TcpStream};
use vthread::prelude::*;

/// A listener on a port of its own.
#[vthread]
pub(crate) fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A connection of HTTP/1, which is moved by a service of the innermost group.
#[vthread]
pub(crate) fn connect1<B>(address: SocketAddr) -> http1::SendRequest<B>
where
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let stream = TcpStream::connect(address).unwrap();
    let (requests, connection) = http1::handshake(Io::new(stream)).await.unwrap();
    let group = Group::current();
    // Its end is seen by the requests.
    spawn!(group, service => { let _ = connection.await; });
    requests
}

/// The same with HTTP/2.
#[vthread]
pub(crate) fn connect2<B>(address: SocketAddr) -> http2::SendRequest<B>
where
    B: Body<Data: Send, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    let stream = TcpStream::connect(address).unwrap();
    let io = Io::new(stream);
    let (requests, connection) = http2::handshake(Executor::current(), io).await.unwrap();
    let group = Group::current();
    spawn!(group, service => { let _ = connection.await; });
    requests
}

/// A request of an URL.
pub(crate) fn request<B>(path: &str, body: B) -> Request<B> {
    Request::post(format!("http://localhost{path}"))
        .header("host", "localhost")
        .body(body)
        .unwrap()
}

/// The whole answer.
#[vthread]
pub(crate) fn text(response: Response<Incoming>) -> Result<(StatusCode, String), hyper::Error> {
    let (head, body) = response.into_parts();
    let bytes: Bytes = body.collect().await?.to_bytes();
    Ok((head.status, String::from_utf8(bytes.to_vec()).unwrap()))
}

/// Asks in raw HTTP/1.1, on a connection of its own, and returns all that comes.
#[vthread]
pub(crate) fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
