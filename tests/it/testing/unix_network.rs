//! Sockets of the Unix domain in memory.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::Shutdown;
use std::sync::Mutex as StdMutex;
use vthread::prelude::*;
use vthread::testing::net::unix::SocketAddr;
use vthread::testing::net::{Conditions, UnixDatagram, UnixListener, UnixStream, set_conditions};
use vthread::testing::{elapsed, seed, wait_until_idle};
use vthread::time::{Duration, sleep};

const SECOND: Duration = Duration::from_secs(1);

/// Code as it is written for the system's sockets.
#[vthread]
fn answer(listener: &UnixListener, n: usize) -> std::io::Result<()> {
    for stream in listener.incoming().take(n) {
        let stream = stream?;
        let mut text = String::new();
        (&stream).read_to_string(&mut text)?;
        (&stream).write_all(text.to_uppercase().as_bytes())?;
    }
    Ok(())
}

#[vthread]
fn ask(path: &str, word: &str) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(path)?;
    stream.write_all(word.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

#[vthread::test(seeds = 50)]
fn a_server_and_its_clients() {
    let listener = UnixListener::bind("/run/echo.sock").unwrap();
    group! {
        spawn! { answer(&listener, 3).unwrap() }
        for word in ["a", "some", "a much longer word"] {
            spawn! { assert_eq!(ask("/run/echo.sock", word).unwrap(), word.to_uppercase()) }
        }
    }
    assert!(elapsed() < 10 * SECOND);
}

/// The loop of vthread code over the listener itself suspends.
#[vthread::test(virtual_time)]
fn a_loop_over_the_listener() {
    let listener = UnixListener::bind("/run/echo.sock").unwrap();
    group! {
        spawn! {
            for _ in 0..2 {
                sleep(SECOND);
                drop(UnixStream::connect("/run/echo.sock").unwrap());
            }
        }
        let mut n_accepted = 0;
        for stream in &listener {
            assert!(stream.unwrap().peer_addr().unwrap().is_unnamed());
            n_accepted += 1;
            if n_accepted == 2 {
                break;
            }
        }
    }
    assert_eq!(elapsed(), 2 * SECOND);
}

static ENDS: StdMutex<BTreeSet<String>> = StdMutex::new(BTreeSet::new());

#[vthread::test(seeds = 100)]
fn connections_are_cut() {
    set_conditions(Conditions::new().delays(SECOND).cuts(20));
    let listener = UnixListener::bind("/run/echo.sock").unwrap();
    let answered = group! {
        spawn! { let _ = answer(&listener, 1); }
        ask("/run/echo.sock", "word")
    };
    let end = answered.unwrap_or_else(|error| error.kind().to_string());
    let mut ends = ENDS.lock().unwrap();
    ends.insert(end);
    if seed() == 99 {
        let expected = ["WORD".to_owned(), ErrorKind::ConnectionReset.to_string()];
        assert!(expected.iter().all(|end| ends.contains(end)), "{ends:?}");
    }
}

#[vthread::test(virtual_time)]
fn a_name_is_that_of_one_socket_while_it_lives() {
    let path = "/run/name.sock";
    let missing = UnixStream::connect(path).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let listener = UnixListener::bind(path).unwrap();
    assert_eq!(
        listener
            .local_addr()
            .unwrap()
            .as_pathname()
            .unwrap()
            .to_str(),
        Some(path)
    );
    for taken in [
        UnixListener::bind(path).map(drop),
        UnixDatagram::bind(path).map(drop),
    ] {
        assert_eq!(taken.unwrap_err().kind(), ErrorKind::AddrInUse);
    }
    let other = listener.try_clone().unwrap();
    drop(listener);
    let mut client = UnixStream::connect(path).unwrap();
    assert_eq!(
        client.peer_addr().unwrap().as_pathname().unwrap().to_str(),
        Some(path)
    );
    // A connection that was not accepted ends with its listener.
    drop(other);
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    assert_eq!(
        client.write(b"x").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
    let socket = UnixDatagram::bind(path).unwrap();
    assert!(UnixStream::connect(path).is_err());
    drop(socket);
    drop(UnixListener::bind(path).unwrap());
    assert!(UnixListener::bind_addr(&SocketAddr::from_pathname("").unwrap()).is_err());
}

/// One vthread reads while another writes, and a clone is the same stream.
#[vthread::test(seeds = 50)]
fn both_ends_are_shared() {
    let (one, other) = UnixStream::pair().unwrap();
    let clone = other.try_clone().unwrap();
    assert!(one.peer_cred().unwrap().pid.is_some());
    group! {
        spawn! { (&one).write_all(&[1; 100_000]).unwrap() }
        spawn! {
            let mut back = vec![0; 100_000];
            (&one).read_exact(&mut back).unwrap();
            assert!(back.iter().all(|byte| *byte == 2));
        }
        spawn! { (&clone).write_all(&[2; 100_000]).unwrap() }
        let mut there = vec![0; 100_000];
        (&other).read_exact(&mut there).unwrap();
    }
}

#[vthread::test(virtual_time)]
fn a_read_has_a_time_limit() {
    let (mut one, _other) = UnixStream::pair().unwrap();
    one.set_read_timeout(Some(5 * SECOND)).unwrap();
    assert_eq!(
        one.read(&mut [0]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    let (socket, _peer) = UnixDatagram::pair().unwrap();
    socket.set_read_timeout(Some(5 * SECOND)).unwrap();
    assert_eq!(
        socket.recv(&mut [0]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert_eq!(elapsed(), 10 * SECOND);
}

/// Late, but all of them, and in their order.
#[vthread::test(seeds = 50)]
fn datagrams_keep_their_order() {
    set_conditions(Conditions::new().delays(SECOND).cuts(2));
    let server = UnixDatagram::bind("/run/log.sock").unwrap();
    group! {
        spawn! {
            let client = UnixDatagram::bind("/run/client.sock").unwrap();
            client.connect("/run/log.sock").unwrap();
            for n in 0..100 {
                client.send(&[n; 4096]).unwrap();
            }
        }
        let mut buf = [0; 4096];
        for n in 0..100 {
            let (length, from) = server.recv_from(&mut buf).unwrap();
            assert_eq!((length, buf[0]), (4096, n));
            assert_eq!(from.as_pathname().unwrap().to_str(), Some("/run/client.sock"));
        }
    }
}

/// The sender waits for room, also with empty ones, and a cancelled one has not sent.
#[vthread::test(virtual_time)]
fn a_full_socket_stops_its_senders() {
    let (one, other) = UnixDatagram::pair().unwrap();
    let mut n = 0;
    while let Ok(sent) = timeout!(SECOND => { one.send(b"") }) {
        assert_eq!(sent.unwrap(), 0);
        n += 1;
    }
    group! {
        spawn! { assert_eq!(one.send(b"last").unwrap(), 4) }
        wait_until_idle();
        let mut buf = [0; 8];
        for _ in 0..n {
            assert_eq!(other.recv(&mut buf).unwrap(), 0);
        }
        assert_eq!(other.recv(&mut buf).unwrap(), 4);
    }
    assert!(timeout!(SECOND => { other.recv(&mut []).map(drop) }).is_err());
}

#[vthread::test(virtual_time)]
fn datagrams_find_their_peer_or_none() {
    let server = UnixDatagram::bind("/run/server.sock").unwrap();
    let socket = UnixDatagram::unbound().unwrap();
    let kind = |error: std::io::Error| error.kind();
    assert_eq!(
        socket.send(b"x").map_err(kind),
        Err(ErrorKind::NotConnected)
    );
    assert_eq!(
        socket.send_to(b"x", "/run/none.sock").map_err(kind),
        Err(ErrorKind::NotFound)
    );
    assert!(socket.send_to(&[0; 300_000], "/run/server.sock").is_err());
    assert_eq!(socket.send_to(b"words", "/run/server.sock").unwrap(), 5);
    let mut buf = [0; 3];
    let (n, from) = server.recv_from(&mut buf).unwrap();
    assert!(n == 3 && from.is_unnamed());
    // A socket with a peer takes nothing from others.
    let (one, other) = UnixDatagram::pair().unwrap();
    let named = UnixDatagram::bind("/run/named.sock").unwrap();
    named.connect("/run/server.sock").unwrap();
    assert_eq!(
        socket.send_to(b"x", "/run/named.sock").map_err(kind),
        Err(ErrorKind::PermissionDenied)
    );
    // What was sent before the end is received.
    other.send(b"end").unwrap();
    one.shutdown(Shutdown::Read).unwrap();
    assert_eq!(one.recv(&mut buf).unwrap(), 3);
    assert_eq!(one.recv(&mut buf).unwrap(), 0);
    other.shutdown(Shutdown::Write).unwrap();
    assert_eq!(other.send(b"x").map_err(kind), Err(ErrorKind::BrokenPipe));
    drop(server);
    assert_eq!(
        named.send(b"x").map_err(kind),
        Err(ErrorKind::ConnectionRefused)
    );
}
