//! An HTTP server whose requests are vthreads: each takes three megabytes from its client.
//!
//! ```text
//! cargo run --release --example upload
//! ```
//!
//! The service makes a vthread of each request, which reads the body while it comes.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use vthread::hyper::{Server, service};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;

const CLIENTS: u32 = 4;
const LEN: usize = 3_000_000;

/// Serves until it is cancelled.
#[vthread]
fn serve(listener: &TcpListener) -> io::Result<()> {
    let server = Server::new().on_failure(|failure| eprintln!("{failure:?}"));
    server.serve(listener, service(closure!(|request| answer(request))))
}

/// Reads the body, part by part, and tells how much it was.
#[vthread]
fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let mut body = request.into_body();
    let (mut len, mut sum) = (0, 0);
    while let Some(frame) = body.frame().await {
        // An error: the client has gone.
        for byte in frame?.data_ref().into_iter().flatten() {
            len += 1;
            sum += u64::from(*byte);
        }
    }
    Ok(Response::new(format!("{len} bytes, {sum} in sum").into()))
}

/// Sends a body in which each byte is `n`, and returns what the server says of it.
#[vthread]
fn upload(server: SocketAddr, n: u32) -> io::Result<String> {
    let mut stream = TcpStream::connect(server)?;
    let head =
        format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {LEN}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&vec![n as u8; LEN])?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    Ok(body.to_owned())
}

#[vthread]
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    group! {
        spawn!(service => { serve(&listener)?; });
        let uploads: Vec<_> = (0..CLIENTS).map(|n| spawn! { upload(server, n)? }).collect();
        for task in uploads {
            println!("{}", task.join());
        }
    }?;
    Ok(())
}
