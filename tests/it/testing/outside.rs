//! What is outside of a test with a clock of its own: helpers, sockets, threads.

use std::io::{self, Read as _, Write as _};
use std::time::Instant;
use std::{net, thread};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::testing::elapsed;
use vthread::time::{Duration, sleep};

const SECOND: Duration = Duration::from_secs(1);

#[vthread::test(virtual_time)]
fn helpers_hold_the_clock() {
    let real = Instant::now();
    let work = || {
        thread::sleep(Duration::from_millis(20));
        7
    };
    assert_eq!(timeout!(SECOND => vthread::blocking(work)), Ok(7));
    let place = vthread::sync::Mutex::new(0);
    let mut plain = 0;
    let scoped = timeout!(SECOND => vthread::blocking_scoped(|| plain = work()));
    assert!(scoped.is_ok());
    *place.lock() = plain;
    assert_eq!(*place.lock(), 7);
    assert!(real.elapsed() >= Duration::from_millis(40));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let written = timeout!(SECOND => {
        vthread::fs::write(&path, "text").unwrap();
        vthread::fs::read_to_string(&path).unwrap()
    });
    assert_eq!(written.unwrap(), "text");
    assert_eq!(elapsed(), Duration::ZERO);
}

/// Or it would wait for a time that never comes.
#[vthread::test(virtual_time)]
fn a_helper_that_waits_for_vthreads_does_not() {
    let (sender, receiver) = channel(1);
    group! {
        spawn! {
            sleep(60 * SECOND);
            sender.send(5).unwrap();
        }
        let received = vthread::blocking(move || {
            // On the clock of the test, too.
            sleep(30 * SECOND);
            receiver.recv().block().unwrap()
        });
        assert_eq!(received, 5);
    }
    assert_eq!(elapsed(), 60 * SECOND);
}

/// Sockets hold the clock for a while only: on a slow machine it may go on before they have
/// answered.
const TRIES: u32 = 20;

#[vthread]
fn answer(listener: &TcpListener) -> io::Result<()> {
    let (mut stream, _) = listener.accept()?;
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes)?;
    stream.write_all(&bytes)
}

#[vthread]
fn ask(mut stream: TcpStream) -> [u8; 4] {
    stream.write_all(b"ping").unwrap();
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[vthread::test(virtual_time)]
fn sockets_at_work_hold_the_clock() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for _ in 0..TRIES {
        let before = elapsed();
        let echo = group! {
            spawn! {
                let _ = answer(&listener);
                sleep(100 * SECOND);
            }
            let stream = TcpStream::connect(address).unwrap();
            timeout!(Duration::from_millis(1) => ask(stream))
        };
        if let Ok(echo) = echo {
            assert_eq!(&echo, b"ping");
            assert_eq!(elapsed() - before, 100 * SECOND);
            return;
        }
    }
    panic!("the clock went on, each time");
}

/// An echo of four bytes, on std's types.
fn start_server() -> (net::SocketAddr, thread::JoinHandle<()>) {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 4];
        // The client may have given up.
        if stream.read_exact(&mut bytes).is_ok() {
            let _ = stream.write_all(&bytes);
        }
    };
    (address, thread::spawn(serve))
}

#[vthread::test(virtual_time)]
fn an_answer_from_another_thread_comes_in_time() {
    for _ in 0..TRIES {
        let before = elapsed();
        let (address, server) = start_server();
        let echo = timeout!(SECOND => ask(TcpStream::connect(address).unwrap()));
        if let Ok(echo) = echo {
            assert_eq!(&echo, b"ping");
            assert_eq!(elapsed(), before);
            vthread::blocking(move || server.join().unwrap());
            return;
        }
    }
    panic!("the clock went on, each time");
}

/// A server that waits for clients which do not come.
#[vthread::test(virtual_time)]
fn an_idle_socket_does_not_hold_the_clock() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    group! {
        spawn!(service => { let _ = listener.accept(); });
        for _ in 0..100 {
            sleep(100 * SECOND);
        }
    }
    assert_eq!(elapsed(), 10_000 * SECOND);
}

/// A vthread of a program, which the workers run, and one of a test wake each other.
#[vthread::test(virtual_time)]
fn others_wake_and_are_woken() {
    let (to_other, asked) = channel(1);
    let (answer, answers) = channel(1);
    let other = thread::spawn(move || {
        for n in asked.into_iter() {
            answer.send(n + 1).block().unwrap();
        }
    });
    for n in 0..100 {
        to_other.send(n).unwrap();
        assert_eq!(answers.recv(), Ok(n + 1));
    }
    drop(to_other);
    vthread::blocking(move || other.join().unwrap());
}
