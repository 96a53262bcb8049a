//! Proxies: peers that never read do not delay the peers beside them, and everything ends when they
//! hang up.

use socket2::SockRef;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Duration;
use vthread::net::{Shutdown, TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::Barrier;

const N_SILENT: usize = 100;
const N_GOOD: usize = 50;
/// The buffer of each socket, in each direction. Not less than it has when it opens, because a
/// window does not shrink.
const ROOM: usize = 128 << 10;
/// More bytes than the sockets of the whole route can buffer.
const MUCH: usize = 16 << 20;

/// Bounds the buffer of a socket, or of those that it accepts. Otherwise the system lets it grow
/// with the bytes read, to tens of megabytes each: the route could buffer everything that a silent
/// peer has to write.
fn bounded<S: AsFd>(socket: S) -> io::Result<S> {
    let options = SockRef::from(&socket);
    options.set_recv_buffer_size(ROOM)?;
    options.set_send_buffer_size(ROOM)?;
    Ok(socket)
}

/// Copies until the end, and passes the end on.
#[vthread]
fn copy(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            // The other side may have hung up already.
            let _ = to.shutdown(Shutdown::Write);
            return Ok(());
        }
        to.write_all(&buffer[..n])?;
    }
}

/// One vthread for each direction. The first that fails ends both.
#[vthread]
fn relay(client: TcpStream, server: SocketAddr) -> io::Result<()> {
    let upstream = bounded(TcpStream::connect(server)?)?;
    group! {
        let (from, to) = (client.try_clone()?, upstream.try_clone()?);
        spawn! { copy(from, to)?; }
        spawn! { copy(upstream, client)?; }
    }?;
    Ok(())
}

#[vthread]
fn proxy(listener: &TcpListener, server: SocketAddr) -> io::Result<()> {
    group! {
        loop {
            let (client, _) = listener.accept()?;
            spawn! { let _ = relay(client, server); }
        }
    }
}

#[vthread]
fn echo(listener: &TcpListener) -> io::Result<()> {
    group! {
        loop {
            let (stream, _) = listener.accept()?;
            spawn! {
                let other = stream.try_clone()?;
                let _ = copy(stream, other);
            }
        }
    }
}

/// Writes until the whole route is full, and never reads.
#[vthread]
fn is_silent(proxy: SocketAddr, are_silent: &Barrier, are_served: &Barrier) -> io::Result<()> {
    let mut stream = bounded(TcpStream::connect(proxy)?)?;
    let some = vec![7; ROOM];
    let mut written = 0;
    // It has stopped when nothing has been taken for a while; how long does not matter.
    while let Ok(n) = timeout!(Duration::from_millis(300) => stream.write(&some)) {
        written += n?;
        assert!(written < MUCH, "the way holds all of it");
    }
    are_silent.wait();
    are_served.wait();
    Ok(())
}

#[vthread]
fn is_good(
    proxy: SocketAddr,
    i: usize,
    are_silent: &Barrier,
    are_served: &Barrier,
) -> io::Result<()> {
    are_silent.wait();
    let asked = vec![i as u8; 100_000];
    let stream = bounded(TcpStream::connect(proxy)?)?;
    let (mut reader, mut writer) = (stream.try_clone()?, stream);
    let answer = group! {
        let asked = &asked;
        spawn! {
            writer.write_all(asked)?;
            writer.shutdown(Shutdown::Write)?;
        }
        let mut answer = Vec::new();
        reader.read_to_end(&mut answer)?;
        answer
    }?;
    assert!(answer == asked);
    are_served.wait();
    Ok(())
}

#[vthread]
fn scene() -> io::Result<()> {
    let servers = bounded(TcpListener::bind("127.0.0.1:0")?)?;
    let proxies = bounded(TcpListener::bind("127.0.0.1:0")?)?;
    let (server, address) = (servers.local_addr()?, proxies.local_addr()?);
    let (are_silent, are_served) = (
        Barrier::new(N_SILENT + N_GOOD),
        Barrier::new(N_SILENT + N_GOOD),
    );
    group!(name = "proxy" => {
        spawn!(service => { echo(&servers)?; });
        spawn!(service => { proxy(&proxies, server)?; });
        for _ in 0..N_SILENT {
            spawn! { is_silent(address, &are_silent, &are_served)?; }
        }
        for i in 0..N_GOOD {
            spawn! { is_good(address, i, &are_silent, &are_served)?; }
        }
    })
}

#[test]
fn r25_a_proxy_with_silent_peers_ends() {
    let name = "r25_a_proxy_with_silent_peers_ends";
    let played = || scene().unwrap();
    let (told, status) = crate::edge_cases::process::in_a_process(module_path!(), name, played);
    assert!(status.success(), "{told}");
}
