//! The example's own server: 200 pages of mixed sizes and latencies, always the same.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_channel::oneshot;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::{sync, time};

use crate::failure::Failure;
use crate::hyper_io::HyperIo;

const PAGES: usize = 200;

/// The page that fails on request; not among the first, so that others are in progress.
const FAILING_PAGE: usize = 120;

/// The URLs of all pages of a server at `address`.
pub(crate) fn urls(address: SocketAddr) -> Vec<String> {
    (0..PAGES)
        .map(|page| format!("http://{address}/page-{page:03}.txt"))
        .collect()
}

/// Serves until it is cancelled, each connection in a vthread of its own.
#[vthread]
pub(crate) fn serve(listener: &TcpListener, fail: bool) -> Result<(), Failure> {
    group!(name = "server" => {
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    spawn! { serve_connection(stream, fail); }
                }
                // The error concerns one connection, or is temporary.
                Err(error) => eprintln!("not accepted: {error}"),
            }
        }
    })
}

/// A request on its way from hyper to the vthread that answers it.
#[derive(Debug)]
struct Question {
    path: String,
    answer: oneshot::Sender<Response<Full<Bytes>>>,
}

/// Serves one connection until the client closes it.
///
/// hyper calls its service from inside the connection's future, where nothing may block. So the
/// service only passes the question on, and the answer is made here, in plain suspending code.
#[vthread]
fn serve_connection(stream: TcpStream, fail: bool) {
    let (ask, questions) = sync::channel::<Question>(1);
    let service = service_fn(move |request: Request<Incoming>| {
        let (answer, answered) = oneshot::channel();
        let path = request.uri().path().to_owned();
        // The channel can't be full: HTTP/1 asks one question at a time. If the other side is gone,
        // the answer's sender is dropped here, and `answered` reports that to hyper.
        let _ = ask.try_send(Question { path, answer });
        answered
    });
    group! {
        spawn! {
            // A client that disconnects is no failure of the server.
            let _ = http1::Builder::new().serve_connection(HyperIo::new(stream), service).await;
        }
        for question in questions {
            let response = answer(&question.path, fail);
            // The connection may have ended in the meantime.
            let _ = question.answer.send(response);
        }
    }
}

/// The answer to a request for `path`, after the time that this page takes.
#[vthread]
fn answer(path: &str, fail: bool) -> Response<Full<Bytes>> {
    let Some(page) = page_number(path) else {
        return status(StatusCode::NOT_FOUND);
    };
    time::sleep(latency(page));
    if fail && page == FAILING_PAGE {
        return status(StatusCode::INTERNAL_SERVER_ERROR);
    }
    Response::new(Full::new(Bytes::from(content(page))))
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}

fn page_number(path: &str) -> Option<usize> {
    let page = path
        .strip_prefix("/page-")?
        .strip_suffix(".txt")?
        .parse()
        .ok()?;
    (page < PAGES).then_some(page)
}

/// From 0 to 60 milliseconds, mixed over the pages.
fn latency(page: usize) -> Duration {
    Duration::from_millis((page as u64 * 37) % 61)
}

/// From some lines to a quarter of a megabyte, mixed over the pages.
fn content(page: usize) -> String {
    let lines = 4 + (page * 7919) % 4001;
    (0..lines)
        .map(|line| format!("page {page:03}, line {line:04} of {lines:04}: the quick brown fox\n"))
        .collect()
}
