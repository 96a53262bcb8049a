//! A program of the guide.

use axum::{Router, body::Body, http::Request, response::Response};
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use vthread::hyper::serve;
use vthread::net::TcpListener;
use vthread::prelude::*;
use vthread::time::{Duration, sleep};

#[vthread]
fn answer(n_answers: &AtomicU32, request: Request<Body>) -> Response {
    sleep(Duration::from_millis(1)); // any vthread code
    let n = n_answers.fetch_add(1, Relaxed) + 1;
    let path = request.uri().path();
    Response::new(Body::from(format!("answer {n}: {path}\n")))
}

#[vthread]
fn main() -> io::Result<()> {
    let n_answers = Arc::new(AtomicU32::new(0));
    let page = closure!(move |request: Request<Body>| {
        Ok::<_, Infallible>(answer(&n_answers, request)) // suspends
    });
    let page = vthread::tower::service(page);
    let router = Router::new().route_service("/page", page);
    let listener = TcpListener::bind("127.0.0.1:7777")?;
    serve(&listener, TowerToHyperService::new(router))
}
