//! HTTP servers and clients of [hyper], with vthreads (feature `hyper`).
//!
//! [`serve`] answers requests on a listener until it is cancelled, each request in a vthread of its
//! own. A [`Server`] is the same with limits and timeouts of your own.
//!
//! ```
//! use http_body_util::{BodyExt, Full};
//! use hyper::body::{Bytes, Incoming};
//! use hyper::{Request, Response};
//! use vthread::hyper::{Io, serve, service};
//! use vthread::net::{TcpListener, TcpStream};
//! use vthread::prelude::*;
//!
//! type Error = Box<dyn std::error::Error + Send + Sync>;
//!
//! #[vthread]
//! fn hello(request: Request<Incoming>) -> Response<Full<Bytes>> {
//!     // Any vthread code: it may wait.
//!     Response::new(format!("hello, {}", request.uri().path()).into())
//! }
//!
//! #[vthread]
//! fn main() -> Result<(), Error> {
//!     let listener = TcpListener::bind("127.0.0.1:0")?;
//!     let address = listener.local_addr()?;
//!     group! {
//!         spawn!(service => {
//!             serve(&listener, service(closure!(|request| hello(request))))?;
//!         });
//!         // hyper's client, on a stream of ours.
//!         let stream = TcpStream::connect(address)?;
//!         let (mut requests, connection) =
//!             hyper::client::conn::http1::handshake(Io::new(stream)).await?;
//!         spawn!(service => { connection.await?; });
//!         let request = Request::get("/you").body(String::new())?;
//!         let response = requests.send_request(request).await?;
//!         let body = response.into_body().collect().await?.to_bytes();
//!         assert_eq!(body, "hello, /you");
//!     }
//! }
//! ```
//!
//! | here | what it is |
//! |---|---|
//! | [`serve`], [`Server`] | a server: limits, timeouts, and an orderly end |
//! | [`service`] | a service of a `closure!`, which may borrow: a vthread for each request |
//! | [`BodyReader`], [`BodyWriter`] | bodies as [`Read`](crate::io::Read) and [`Write`](crate::io::Write) |
//! | [`Io`], [`Executor`], [`Timer`] | our streams, groups and clock, for hyper's own builders |
//!
//! HTTP/1 needs the feature `hyper`, HTTP/2 the feature `http2`; a server tells them apart by the
//! first bytes of a connection.

mod activity;
mod body_reader;
mod body_writer;
mod connection;
mod drain;
mod executor;
mod handler;
mod io;
mod server;
mod service;
mod timer;

pub use body_reader::BodyReader;
pub use body_writer::{BodyCut, BodyWriter, WrittenBody, body_writer};
pub use executor::Executor;
pub use handler::Handler;
pub use io::Io;
pub use server::{Failure, Server, serve};
pub use service::{Answer, AnswerBody, Answering, BoxError, GroupService, VthreadService, service};
pub use timer::Timer;
