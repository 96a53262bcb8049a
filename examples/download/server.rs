//! The example's own server: 200 pages of mixed sizes and latencies, always the same.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Response, StatusCode};
use vthread::net::TcpListener;
use vthread::prelude::*;
use vthread::{hyper as http, time};

use crate::failure::Failure;

const PAGES: usize = 200;

/// The page that fails on request; not among the first, so that others are in progress.
const FAILING_PAGE: usize = 120;

/// The URLs of all pages of a server at `address`.
pub(crate) fn urls(address: SocketAddr) -> Vec<String> {
    (0..PAGES)
        .map(|page| format!("http://{address}/page-{page:03}.txt"))
        .collect()
}

/// Serves until it is cancelled, each connection and each request in a vthread of its own.
#[vthread]
pub(crate) fn serve(listener: &TcpListener, fail: bool) -> Result<(), Failure> {
    let pages = http::service(closure!(|request| answer(request.uri().path(), fail)));
    http::serve(listener, pages).map_err(Failure::Server)
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
