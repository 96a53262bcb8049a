//! Crowds: servers with peers that reset, close half, read slowly, or do nothing.

use std::io::{self, ErrorKind};
use std::time::Duration;
use vthread::io::BufReader;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::time::sleep;

/// Answers each line with its length, until the client has closed its half.
#[vthread]
fn serve(stream: TcpStream) -> io::Result<u64> {
    let mut writer = stream.try_clone()?;
    let mut total = 0;
    for line in BufReader::new(stream).lines() {
        let n = line?.len() as u64;
        writeln!(writer, "{n}")?;
        total += n;
    }
    Ok(total)
}

#[vthread]
fn serve_all(listener: &TcpListener) {
    group! {
        for stream in listener.incoming() {
            if let Ok(stream) = stream {
                spawn! {
                    // The end of one client does not concern the others.
                    let _ = serve(stream);
                }
            }
        }
    }
}

#[vthread]
fn asks(server: std::net::SocketAddr, n: usize) -> io::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all("x".repeat(n).as_bytes())?;
    stream.write_all(b"\nab\n")?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answers = String::new();
    stream.read_to_string(&mut answers)?;
    assert_eq!(answers, format!("{n}\n2\n"));
    Ok(())
}

#[vthread]
fn resets(server: std::net::SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(b"no end of a line")?;
    stream.set_linger(Some(Duration::ZERO))
}

#[vthread]
fn is_slow(server: std::net::SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    for byte in b"slow\n" {
        stream.write_all(&[*byte])?;
        sleep(Duration::from_millis(1));
    }
    let mut answer = [0; 2];
    stream.read_exact(&mut answer)?;
    assert_eq!(&answer, b"4\n");
    Ok(())
}

#[vthread]
fn a_mixed_crowd(n_idle: usize) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    group! {
        spawn!(service => { serve_all(&listener); });
        let mut idle = Vec::new();
        for _ in 0..n_idle {
            idle.push(TcpStream::connect(server)?);
        }
        group!(max_concurrency = 50 => {
            for i in 0..100 {
                spawn! {
                    match i % 4 {
                        0 => resets(server)?,
                        1 => is_slow(server)?,
                        _ => asks(server, i * 100)?,
                    }
                }
            }
        })?;
        // The waiting clients are served as before.
        for mut stream in idle.into_iter().step_by(97) {
            stream.write_all(b"late\n")?;
            let mut answer = [0; 2];
            stream.read_exact(&mut answer)?;
            assert_eq!(&answer, b"4\n");
        }
        Ok(())
    }
}

#[test]
fn a_server_goes_on_whatever_its_peers_do() -> io::Result<()> {
    const WANTED: usize = 10_000;
    // One descriptor each on the client's side, two on the server's, and some for all else: other
    // tests run meanwhile.
    let room = descriptors(3 * WANTED + 3_000).saturating_sub(1_000) / 4;
    if room < WANTED {
        println!("!!!!!! {room} IDLE CONNECTIONS INSTEAD OF {WANTED}: too few descriptors !!!!!!");
    }
    a_mixed_crowd(WANTED.min(room))
}

/// How many descriptors the process may have: so many, if it may have them.
fn descriptors(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = wanted as u64;
    let before = getrlimit(Resource::Nofile);
    if before.current.is_some_and(|current| current < wanted) {
        let most = before.maximum.unwrap_or(wanted);
        for (current, maximum) in [(wanted, most.max(wanted)), (most.min(wanted), most)] {
            let raised = Rlimit {
                current: Some(current),
                maximum: before.maximum.map(|_| maximum),
            };
            if setrlimit(Resource::Nofile, raised).is_ok() {
                break;
            }
        }
    }
    getrlimit(Resource::Nofile).current.unwrap_or(wanted) as usize
}

#[vthread]
fn writes_to_a_closed_peer() -> io::Result<ErrorKind> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    drop(listener.accept()?);
    loop {
        if let Err(error) = stream.write_all(b"words") {
            return Ok(error.kind());
        }
        sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_peer_that_has_gone_is_an_error_of_std() -> io::Result<()> {
    let kind = writes_to_a_closed_peer()?;
    assert!(matches!(
        kind,
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    ));
    Ok(())
}
