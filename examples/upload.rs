//! hyper's server, and requests that vthreads answer: each takes three megabytes from its client.
//!
//! ```text
//! cargo run --release --example upload
//! ```
//!
//! hyper calls its service inside the future of the connection, and polls that future to read the
//! body of the request. A vthread call that waits for the body may therefore not block there, in
//! the service or in the `async` block that it returns. So the service spawns a vthread, and gives
//! hyper its `Task`, which is a future.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;

#[path = "download/hyper_io.rs"]
mod hyper_io;
use hyper_io::HyperIo;

const CLIENTS: u32 = 4;
const LEN: usize = 3_000_000;

/// Serves until it is cancelled, each connection in a vthread of its own.
#[vthread]
fn serve(listener: &TcpListener) {
    group! {
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    spawn! { serve_connection(stream) }
                }
                Err(error) => eprintln!("not accepted: {error}"),
            }
        }
    }
}

/// Serves one connection until the client closes it. Its requests end with it.
#[vthread]
fn serve_connection(stream: TcpStream) {
    group!(requests => {
        let service = service_fn(|request: Request<Incoming>| {
            let task = spawn!(requests => { answer(request) });
            async move { Ok::<_, Infallible>(task.await.unwrap_or_else(|_| failed())) }
        });
        let connection = http1::Builder::new().serve_connection(HyperIo::new(stream), service);
        if let Err(error) = connection.await {
            eprintln!("a connection failed: {error}");
        }
    })
}

/// Reads the body, part by part, and tells how much it was.
#[vthread]
fn answer(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let mut body = request.into_body();
    let (mut len, mut sum) = (0, 0);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return failed(); // The client has gone.
        };
        for byte in frame.data_ref().into_iter().flatten() {
            len += 1;
            sum += u64::from(*byte);
        }
    }
    Response::new(Full::new(format!("{len} bytes, {sum} in sum").into()))
}

fn failed() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
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
        spawn!(service => { serve(&listener); });
        let uploads: Vec<_> = (0..CLIENTS).map(|n| spawn! { upload(server, n)? }).collect();
        for task in uploads {
            println!("{}", task.join());
        }
    }?;
    Ok(())
}
