//! Ends: of the server, of a client, of a request by a panic or an error.

use crate::client::{ask, connect1, connect2, listen, request, text};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::hyper::{Failure, Server, serve, service};
use vthread::net::TcpStream;
use vthread::prelude::*;
use vthread::sync::{Notify, OnceLock, Sender, channel};
use vthread::time::sleep;

#[derive(Default)]
struct Counts {
    begun: AtomicUsize,
    ended: AtomicUsize,
    changed: Notify,
}

impl Counts {
    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

/// Takes a while.
#[vthread]
fn slow(counts: &Counts) -> Response<String> {
    counts.begun.fetch_add(1, Ordering::SeqCst);
    counts.changed.notify_one();
    sleep(Duration::from_millis(20));
    counts.ended.fetch_add(1, Ordering::SeqCst);
    Response::new("whole".to_owned())
}

/// Clients come and go, one connection for each request, while the server is cancelled: whatever
/// was accepted is answered.
#[test]
#[vthread]
fn the_end_of_a_server_under_load_loses_no_request() {
    let (listener, address) = listen();
    let counts = Arc::new(Counts::default());
    let inside = counts.clone();
    let answer = service(closure!(move |_request| slow(&inside)));
    let (n_accepted, n_answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    group! {
        let server = spawn! {
            let accept = closure!(|| -> io::Result<TcpStream> {
                let (stream, _) = listener.accept()?;
                n_accepted.fetch_add(1, Ordering::SeqCst);
                Ok(stream)
            });
            Server::new().serve_with(accept, answer).unwrap();
        };
        for _ in 0..20 {
            spawn!(service => {
                while let Ok(answer) = ask(address, "/") {
                    if answer.ends_with("whole") {
                        n_answered.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        while counts.begun() < 200 {
            counts.changed.notified();
        }
        server.cancel();
        while !server.is_finished() {
            sleep(Duration::from_millis(1));
        }
        // The last answers are on their way to the clients.
        let n_accepted = n_accepted.load(Ordering::SeqCst);
        while n_answered.load(Ordering::SeqCst) < n_accepted {
            sleep(Duration::from_millis(1));
        }
        assert!(n_accepted >= 200);
    }
    assert_eq!(counts.begun(), counts.ended.load(Ordering::SeqCst));
}

/// Answers `/first` at once, and others when they may.
#[vthread]
fn when_it_may(
    may: &OnceLock<()>,
    tx: &Sender<()>,
    request: &Request<Incoming>,
) -> Response<String> {
    if request.uri().path() != "/first" {
        tx.send(()).unwrap();
        may.wait();
    }
    Response::new("whole".to_owned())
}

/// Connections that are kept are closed behind the answer that runs, the idle ones at once.
#[test]
#[vthread]
fn the_end_of_a_server_closes_kept_connections() {
    let (listener, address) = listen();
    let may = Arc::new(OnceLock::new());
    let (tx, rx) = channel(10);
    let inside = may.clone();
    let answer = service(closure!(move |request| when_it_may(&inside, &tx, &request)));
    group! {
        let server = spawn! { serve(&listener, answer).unwrap(); };
        let mut idle = connect1::<String>(address);
        let answer = idle.send_request(request("/first", String::new())).await.unwrap();
        assert_eq!(text(answer).unwrap().1, "whole");
        let mut busy1 = connect1::<String>(address);
        let mut busy2 = connect2::<String>(address);
        let first = spawn! { busy1.send_request(request("/", String::new())).await.unwrap() };
        let second = spawn! { busy2.send_request(request("/", String::new())).await.unwrap() };
        rx.recv().unwrap();
        rx.recv().unwrap();
        server.cancel();
        while idle.ready().await.is_ok() {
            sleep(Duration::from_millis(1));
        }
        assert!(!server.is_finished());
        may.set(()).unwrap();
        let first = first.join();
        assert_eq!(first.headers()["connection"], "close");
        assert_eq!(text(first).unwrap().1, "whole");
        assert_eq!(text(second.join()).unwrap().1, "whole");
        while !server.is_finished() {
            sleep(Duration::from_millis(1));
        }
    }
}

/// A client that has connected, and sends its request after the end has begun.
#[test]
#[vthread]
fn a_connection_that_was_accepted_may_send_its_request() {
    let (listener, address) = listen();
    let (tx, rx) = channel(1);
    let answer = service(closure!(|_request| Response::new("late".to_owned())));
    group! {
        let server = spawn! {
            let accept = closure!(|| -> io::Result<TcpStream> {
                let accepted = listener.accept()?;
                tx.send(()).unwrap();
                Ok(accepted.0)
            });
            Server::new().serve_with(accept, answer).unwrap();
        };
        let mut stream = TcpStream::connect(address).unwrap();
        rx.recv().unwrap();
        server.cancel();
        sleep(Duration::from_millis(30));
        assert!(!server.is_finished());
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("late") && answer.contains("connection: close"), "{answer}");
    }
}

/// Tells when it is dropped.
struct Told(Sender<&'static str>);

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.0.try_send("dropped");
    }
}

/// Never answers.
#[vthread]
fn endless(tx: &Sender<&'static str>) -> Response<String> {
    let _told = Told(tx.clone());
    tx.send("begun").unwrap();
    std::future::pending::<()>().await;
    Response::new(String::new())
}

#[test]
#[vthread]
fn what_remains_after_the_grace_is_cancelled() {
    let (listener, address) = listen();
    let (tx, rx) = channel(10);
    let answer = service(closure!(move |_request| endless(&tx)));
    group! {
        let server = spawn! {
            Server::new().grace(Duration::from_millis(50)).serve(&listener, answer).unwrap();
        };
        let client = spawn! { ask(address, "/").unwrap_or_default() };
        assert_eq!(rx.recv(), Ok("begun"));
        group! { server.cancel(); }
        assert_eq!(rx.recv(), Ok("dropped"));
        assert_eq!(client.join(), "");
    }
}

#[test]
#[vthread]
fn no_code_behind_a_cancelled_server_runs() {
    let (listener, _) = listen();
    let (tx, rx) = channel::<&'static str>(10);
    group! {
        let server = spawn!(move => {
            let _told = Told(tx.clone());
            let answer = service(closure!(|_request| Response::new(String::new())));
            tx.send("begun").unwrap();
            serve(&listener, answer).unwrap();
            let _ = tx.try_send("behind");
        });
        assert_eq!(rx.recv(), Ok("begun"));
        group! { server.cancel(); }
        assert_eq!(rx.recv(), Ok("dropped"));
        assert!(rx.recv().is_err());
    }
}

#[test]
#[vthread]
fn a_client_that_goes_away_cancels_its_requests() {
    let (listener, address) = listen();
    let (tx, rx) = channel(10);
    let answer = service(closure!(move |_request| endless(&tx)));
    group! {
        spawn!(service => { serve(&listener, answer).unwrap(); });
        // HTTP/1, before the answer.
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        assert_eq!(rx.recv(), Ok("begun"));
        drop(stream);
        assert_eq!(rx.recv(), Ok("dropped"));
        // HTTP/2: the stream is reset.
        let mut requests = connect2::<String>(address);
        select! {
            _ = requests.send_request(request("/", String::new())).await => unreachable!(),
            told = rx.recv() => assert_eq!(told, Ok("begun")),
        }
        assert_eq!(rx.recv(), Ok("dropped"));
    }
}

/// Panics, or fails, as it is asked.
#[vthread]
fn broken(request: Request<Incoming>) -> Result<Response<String>, io::Error> {
    vthread::yield_now();
    match request.uri().path() {
        "/panic" => panic!("as it was asked"),
        "/error" => Err(io::Error::other("as it was asked")),
        path => Ok(Response::new(path.to_owned())),
    }
}

#[test]
#[vthread]
fn a_panic_of_a_request_answers_500() {
    let (listener, address) = listen();
    group! {
        spawn!(service => { serve(&listener, service(closure!(|request| broken(request)))).unwrap(); });
        let mut first = connect1::<String>(address);
        let mut second = connect2::<String>(address);
        for path in ["/panic", "/well", "/panic", "/well"] {
            let expected = match path {
                "/panic" => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
                path => (StatusCode::OK, path.to_owned()),
            };
            first.ready().await.unwrap();
            let answer = first.send_request(request(path, String::new())).await.unwrap();
            assert_eq!(text(answer).unwrap(), expected);
            let answer = second.send_request(request(path, String::new())).await.unwrap();
            assert_eq!(text(answer).unwrap(), expected);
        }
    }
}

#[test]
#[vthread]
fn an_error_of_a_request_closes_its_connection_and_is_reported() {
    let (listener, address) = listen();
    let (tx, rx) = channel(10);
    let server = Server::new().on_failure(move |failure| {
        let Failure::Http(error) = failure else {
            panic!("{failure:?}");
        };
        let cause = std::error::Error::source(error).expect("the error of the service");
        tx.try_send(cause.to_string()).unwrap();
    });
    group! {
        spawn!(service => { server.serve(&listener, service(closure!(|request| broken(request)))).unwrap(); });
        assert_eq!(ask(address, "/error").unwrap(), "");
        assert_eq!(rx.recv().unwrap(), "as it was asked");
        assert!(ask(address, "/well").unwrap().ends_with("/well"));
    }
}

#[test]
#[vthread]
fn a_panic_of_async_code_ends_its_connection_only() {
    let (listener, address) = listen();
    let (tx, rx) = channel(10);
    let server = Server::new()
        .on_failure(move |failure| tx.try_send(matches!(failure, Failure::Panicked)).unwrap());
    let fragile = hyper::service::service_fn(|request: Request<Incoming>| async move {
        assert_ne!(request.uri().path(), "/panic", "as it was asked");
        Ok::<_, std::convert::Infallible>(Response::new("well".to_owned()))
    });
    group! {
        spawn!(service => { server.serve(&listener, fragile).unwrap(); });
        assert_eq!(ask(address, "/panic").unwrap_or_default(), "");
        assert_eq!(rx.recv(), Ok(true));
        assert!(ask(address, "/").unwrap().ends_with("well"));
    }
}
