//! HTTP/1 and HTTP/2, one connection and many requests.

use crate::client::{ask, connect1, connect2, listen, request, text};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use std::sync::Arc;
use vthread::hyper::{Io, Server, serve, service};
use vthread::net::{UnixListener, UnixStream};
use vthread::prelude::*;
use vthread::sync::Barrier;

/// Waits until `n` requests are here.
#[vthread]
fn together(barrier: &Barrier, request: &Request<Incoming>) -> Response<String> {
    barrier.wait();
    Response::new(request.uri().path().to_owned())
}

#[test]
#[vthread]
fn a_hundred_streams_of_one_connection_run_at_once() {
    let (listener, address) = listen();
    let barrier = Arc::new(Barrier::new(100));
    let answer = service(closure!(move |request| together(&barrier, &request)));
    group! {
        spawn!(service => { serve(&listener, answer).unwrap(); });
        let requests = connect2::<String>(address);
        group! {
            for n in 0..100 {
                let mut requests = requests.clone();
                spawn! {
                    let path = format!("/{n}");
                    let answer = requests.send_request(request(&path, String::new())).await.unwrap();
                    assert_eq!(text(answer).unwrap(), (StatusCode::OK, path));
                }
            }
        }
    }
}

#[vthread]
fn path(request: Request<Incoming>) -> Response<String> {
    Response::new(request.uri().path().to_owned())
}

#[test]
#[vthread]
fn a_connection_is_kept_for_the_next_request() {
    let (listener, address) = listen();
    group! {
        spawn!(service => { serve(&listener, service(closure!(|request| path(request)))).unwrap(); });
        let mut requests = connect1::<String>(address);
        for n in 0..20 {
            let path = format!("/{n}");
            requests.ready().await.unwrap();
            let answer = requests.send_request(request(&path, String::new())).await.unwrap();
            assert_eq!(text(answer).unwrap(), (StatusCode::OK, path));
        }
        assert!(!requests.is_closed());
    }
}

#[test]
#[vthread]
fn without_keep_alive_it_is_closed_behind_the_answer() {
    let (listener, address) = listen();
    group! {
        spawn!(service => {
            let server = Server::new().keep_alive(false);
            server.serve(&listener, service(closure!(|request| path(request)))).unwrap();
        });
        let mut requests = connect1::<String>(address);
        let answer = requests.send_request(request("/1", String::new())).await.unwrap();
        assert_eq!(answer.headers()["connection"], "close");
        assert_eq!(text(answer).unwrap().1, "/1");
        assert!(requests.ready().await.is_err());
    }
}

#[test]
#[vthread]
fn a_pipe_of_requests_is_answered_in_order() {
    let (listener, address) = listen();
    group! {
        spawn!(service => { serve(&listener, service(closure!(|request| path(request)))).unwrap(); });
        let mut stream = vthread::net::TcpStream::connect(address).unwrap();
        let mut asked = String::new();
        for n in 0..9 {
            asked += &format!("GET /first/{n} HTTP/1.1\r\nhost: x\r\n\r\n");
        }
        asked += "GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(asked.as_bytes()).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        let paths = answers.lines().filter(|line| line.starts_with('/') || line.contains("/first"));
        assert_eq!(answers.matches("200 OK").count(), 10);
        assert_eq!(answers.matches("/first/").count(), 9);
        assert!(answers.ends_with("/last"), "{}", paths.count());
    }
}

#[test]
#[vthread]
fn an_address_without_http_is_refused() {
    let (listener, address) = listen();
    group! {
        spawn!(service => { serve(&listener, service(closure!(|request| path(request)))).unwrap(); });
        let mut stream = vthread::net::TcpStream::connect(address).unwrap();
        // It begins as HTTP/2 does.
        stream.write_all(b"PRI * HTTP/1.1 no\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(ask(address, "/well").unwrap().ends_with("/well"));
    }
}

#[test]
#[vthread]
fn a_closure_accepts_from_other_listeners() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    group! {
        spawn!(service => {
            let accept = closure!(|| -> std::io::Result<UnixStream> { Ok(listener.accept()?.0) });
            let paths = service(closure!(|request| path(request))).in_current_group();
            Server::new().serve_with(accept, paths).unwrap();
        });
        let stream = UnixStream::connect(&socket).unwrap();
        let (mut requests, connection) =
            hyper::client::conn::http1::handshake(Io::new(stream)).await.unwrap();
        spawn!(service => { let _ = connection.await; });
        let answer = requests.send_request(request("/unix", String::new())).await.unwrap();
        assert_eq!(text(answer).unwrap().1, "/unix");
    }
}

/// hyper's own builder with the parts.
#[test]
#[vthread]
fn the_parts_work_with_hypers_builders() {
    let (listener, address) = listen();
    group! {
        spawn!(service => {
            let (stream, _) = listener.accept().unwrap();
            let paths = service(closure!(|request| path(request))).in_current_group();
            let mut builder = hyper::server::conn::http2::Builder::new(vthread::hyper::Executor::current());
            builder.timer(vthread::hyper::Timer);
            let _ = builder.serve_connection(Io::new(stream), paths).await;
        });
        let mut requests = connect2::<String>(address);
        let answer = requests.send_request(request("/parts", String::new())).await.unwrap();
        assert_eq!(text(answer).unwrap().1, "/parts");
    }
}
