//! Limits of connections, and timeouts.

use crate::client::{ask, connect1, connect2, listen, request, text};
use hyper::body::Incoming;
use hyper::{Request, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vthread::hyper::{Failure, Server, service};
use vthread::net::TcpStream;
use vthread::prelude::*;
use vthread::sync::{Barrier, channel};
use vthread::time::sleep;

const SHORT: Duration = Duration::from_millis(200);
/// How often a client is tried that has to be quicker than that: the machine may be slow.
const TRIES: u32 = 20;

#[vthread]
fn path(request: Request<Incoming>) -> Response<String> {
    Response::new(request.uri().path().to_owned())
}

struct Room {
    barrier: Barrier,
    now: AtomicUsize,
    most: AtomicUsize,
}

/// Waits until three are here.
#[vthread]
fn three_at_a_time(room: &Room) -> Response<String> {
    let now = room.now.fetch_add(1, Ordering::SeqCst) + 1;
    room.most.fetch_max(now, Ordering::SeqCst);
    room.barrier.wait();
    room.now.fetch_sub(1, Ordering::SeqCst);
    Response::new("well".to_owned())
}

#[test]
#[vthread]
fn there_are_no_more_connections_than_the_limit() {
    let (listener, address) = listen();
    let room = Arc::new(Room {
        barrier: Barrier::new(3),
        now: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
    });
    let inside = room.clone();
    let answer = service(closure!(move |_request| three_at_a_time(&inside)));
    group! {
        spawn!(service => { Server::new().max_connections(3).serve(&listener, answer).unwrap(); });
        group! {
            for _ in 0..30 {
                spawn! { assert!(ask(address, "/").unwrap().ends_with("well")); }
            }
        }
    }
    assert_eq!(room.most.load(Ordering::SeqCst), 3);
}

/// A server that reports its failures.
#[vthread]
fn with_short_patience(client: impl VthreadFnOfAddress) -> Vec<String> {
    let (listener, address) = listen();
    let (tx, rx) = channel(100);
    let mut failures = Vec::new();
    let server = Server::new()
        .header_timeout(SHORT)
        .on_failure(move |failure| tx.try_send(words(failure)).unwrap());
    group! {
        spawn!(service => { server.serve(&listener, service(closure!(|request| path(request)))).unwrap(); });
        client.call(address);
        // The others are served.
        let well = ask(address, "/well").unwrap_or_default();
        if !well.ends_with("/well") {
            failures.push("another client".to_owned());
        }
    }
    drop(server);
    while let Ok(failure) = rx.try_recv() {
        failures.push(failure);
    }
    failures
}

/// The server reports the client as `expected`, and nothing else.
#[vthread]
fn is_reported(expected: &str, client: impl VthreadFnOfAddress + Sync) {
    let mut failures = Vec::new();
    for _ in 0..TRIES {
        failures = with_short_patience(&client);
        if failures == [expected] {
            return;
        }
    }
    panic!("{failures:?}");
}

trait VthreadFnOfAddress: vthread::VthreadFn<vthread::net::SocketAddr, Output = ()> + Send {}
impl<C: vthread::VthreadFn<vthread::net::SocketAddr, Output = ()> + Send> VthreadFnOfAddress for C {}

fn words(failure: &Failure) -> String {
    match failure {
        Failure::Http(error) if error.is_timeout() => "timeout".to_owned(),
        Failure::Late => "late".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Reads until the server closes the connection, and returns how long that took.
#[vthread]
fn until_closed(mut stream: TcpStream) -> Duration {
    let before = Instant::now();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    before.elapsed()
}

#[test]
#[vthread]
fn a_client_that_sends_nothing_is_closed() {
    is_reported(
        "late",
        closure!(|address| {
            let took = until_closed(TcpStream::connect(address).unwrap());
            assert!(took < 100 * SHORT, "{took:?}");
        }),
    );
}

#[test]
#[vthread]
fn a_client_that_sends_half_a_head_is_closed() {
    is_reported(
        "timeout",
        closure!(|address| {
            let mut stream = TcpStream::connect(address).unwrap();
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n");
            let took = until_closed(stream);
            assert!(took < 100 * SHORT, "{took:?}");
        }),
    );
}

/// Slow-loris: a byte now and then.
#[test]
#[vthread]
fn a_client_that_drips_is_closed() {
    is_reported(
        "timeout",
        closure!(|address| {
            let mut stream = TcpStream::connect(address).unwrap();
            let before = Instant::now();
            while stream.write_all(b"G").is_ok() {
                sleep(Duration::from_millis(5));
                assert!(before.elapsed() < 100 * SHORT);
            }
        }),
    );
}

#[test]
#[vthread]
fn an_idle_connection_is_closed() {
    let (listener, address) = listen();
    group! {
        spawn!(service => {
            let server = Server::new().idle_timeout(SHORT);
            server.serve(&listener, service(closure!(|request| path(request)))).unwrap();
        });
        // On a slow machine it may be idle before its first request.
        let mut n_tries = 0..TRIES;
        let (mut first, answer) = loop {
            n_tries.next().unwrap();
            let mut requests = connect1::<String>(address);
            if let Ok(answer) = requests.send_request(request("/1", String::new())).await {
                break (requests, answer);
            }
        };
        assert_eq!(text(answer).unwrap().1, "/1");
        let (mut second, answer) = loop {
            n_tries.next().unwrap();
            let mut requests = connect2::<String>(address);
            if let Ok(answer) = requests.send_request(request("/2", String::new())).await {
                break (requests, answer);
            }
        };
        assert_eq!(text(answer).unwrap().1, "/2");
        // Both are closed, which the client's side learns.
        while first.ready().await.is_ok() {
            sleep(Duration::from_millis(5));
        }
        while second.ready().await.is_ok() {
            sleep(Duration::from_millis(5));
        }
    }
}

/// A request that takes longer than connections may be idle.
#[vthread]
fn slow(_: Request<Incoming>) -> Response<String> {
    sleep(3 * SHORT);
    Response::new("slow".to_owned())
}

#[test]
#[vthread]
fn a_connection_with_a_request_is_not_idle() {
    let (listener, address) = listen();
    group! {
        spawn!(service => {
            let server = Server::new().idle_timeout(SHORT);
            server.serve(&listener, service(closure!(|request| slow(request)))).unwrap();
        });
        // As above. One that is closed during its request has no answer, however often it is tried.
        let mut n_tries = 0..TRIES;
        while !ask(address, "/").unwrap_or_default().ends_with("slow") {
            n_tries.next().unwrap();
        }
        let answer = loop {
            n_tries.next().unwrap();
            let mut requests = connect2::<String>(address);
            if let Ok(answer) = requests.send_request(request("/", String::new())).await {
                break text(answer);
            }
        };
        assert_eq!(answer.unwrap().1, "slow");
    }
}
