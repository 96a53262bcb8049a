//! Sockets and pipes: their operations besides reading and writing.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::{Duration, Instant};
use vthread::io::{AsyncFd, BufReader, pipe};
use vthread::net::{TcpListener, TcpSocket, TcpStream};
use vthread::prelude::*;
use vthread::time::sleep;

#[vthread]
fn connected() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    Ok((client, listener.accept()?.0))
}

#[vthread]
fn peeked() -> io::Result<()> {
    let (mut client, mut server) = connected()?;
    group! {
        spawn! {
            sleep(Duration::from_millis(2));
            client.write_all(b"GET /")?;
            client.shutdown(Shutdown::Write)?;
        }
        let mut first = [0; 3];
        assert_eq!(server.peek(&mut first)?, 3);
        assert_eq!(&first, b"GET");
        let mut text = String::new();
        server.read_to_string(&mut text)?;
        assert_eq!(text, "GET /");
        assert_eq!(server.peek(&mut first)?, 0);
    }
}

#[test]
fn a_peek_leaves_what_it_sees() -> io::Result<()> {
    peeked()
}

#[vthread]
fn lingering() -> io::Result<()> {
    let (client, mut server) = connected()?;
    assert_eq!(client.linger()?, None);
    client.set_linger(Some(Duration::ZERO))?;
    assert_eq!(client.linger()?, Some(Duration::ZERO));
    drop(client);
    let error = server.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    Ok(())
}

#[test]
fn no_lingering_resets() -> io::Result<()> {
    lingering()
}

#[vthread]
fn with_options() -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.set_recv_buffer_size(64 * 1024)?;
    assert!(socket.recv_buffer_size()? >= 64 * 1024);
    socket.bind("127.0.0.1:0".parse().unwrap())?;
    let address = socket.local_addr()?;
    let listener = socket.listen(16)?;
    // A second socket shares the port.
    let second = TcpSocket::new_v4()?;
    second.set_reuseport(true)?;
    second.bind(address)?;
    drop(second);
    let client = TcpSocket::new_v4()?;
    client.bind("127.0.0.1:0".parse().unwrap())?;
    client.set_nodelay(true)?;
    client.set_keepalive(true)?;
    client.set_keepalive_times(Duration::from_secs(60), Duration::from_secs(10))?;
    client.set_send_buffer_size(64 * 1024)?;
    assert!(client.keepalive()?);
    let from = client.local_addr()?;
    let client = client.connect(address)?;
    let (_, peer) = listener.accept()?;
    assert_eq!((peer, client.nodelay()?), (from, true));
    listener.set_ttl(9)?;
    assert_eq!(
        (listener.ttl()?, listener.take_error()?.is_none()),
        (9, true)
    );
    drop(listener);
    let refused = TcpSocket::new_v4()?.connect(address).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    Ok(())
}

#[test]
fn sockets_with_options() -> io::Result<()> {
    with_options()
}

#[vthread]
fn converted() -> io::Result<()> {
    let (client, mut server) = connected()?;
    let descriptor = client.as_raw_fd();
    let std = client.into_std()?;
    assert_eq!(std.as_raw_fd(), descriptor);
    io::Write::write_all(&mut &std, b"by std's ")?;
    let mut back = TcpStream::try_from(std)?;
    back.write_all(b"and again")?;
    let owned = OwnedFd::from(back);
    let back = TcpStream::try_from(owned)?;
    drop(back);
    let mut text = String::new();
    server.read_to_string(&mut text)?;
    assert_eq!(text, "by std's and again");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let listener = TcpListener::try_from(listener.into_std()?)?;
    assert_eq!(listener.local_addr()?, address);
    Ok(())
}

#[test]
fn to_std_and_back() -> io::Result<()> {
    converted()
}

#[vthread]
fn piped() -> io::Result<String> {
    let (mut reader, mut writer) = pipe()?;
    let mut text = String::new();
    let other = writer.try_clone()?;
    writer.write_all(b"y")?;
    group! {
        spawn! {
            let mut writer = other;
            // More than its buffer holds.
            writer.write_all(&vec![b'x'; 100_000])?;
        }
        reader.read_exact(&mut vec![0; 90_000])?;
        drop(writer);
        reader.read_to_string(&mut text)
    }?;
    Ok(text)
}

#[test]
fn a_pipe_of_the_system() -> io::Result<()> {
    assert_eq!(piped()?.len(), 10_001);
    Ok(())
}

/// A descriptor of an unknown kind, read by other means: readiness is requested anew each time.
#[vthread]
fn foreign() -> io::Result<()> {
    let (one, other) = std::os::unix::net::UnixStream::pair()?;
    one.set_nonblocking(true)?;
    let watched = AsyncFd::new(one)?;
    watched.writable()?;
    assert!(timeout!(Duration::from_millis(2) => watched.readable()).is_err());
    group! {
        spawn! {
            for _ in 0..3 {
                sleep(Duration::from_millis(1));
                io::Write::write_all(&mut &other, b"ab")?;
            }
            drop(other);
        }
        let mut n = 0;
        loop {
            watched.readable()?;
            // A byte at a time: the remaining bytes make it readable again.
            match io::Read::read(&mut watched.get_ref(), &mut [0])? {
                0 => break,
                read => n += read,
            }
        }
        assert_eq!(n, 6);
        assert_eq!(watched.read_with(|mut one| io::Read::read(&mut one, &mut [0]))?, 0);
    }
}

#[test]
fn a_descriptor_of_any_kind() -> io::Result<()> {
    foreign()
}

/// An address that does not answer delays the next one only for a moment: its listener's queue is
/// full.
#[vthread]
fn past_a_silent_address() -> io::Result<()> {
    let silent = TcpSocket::new_v4()?;
    silent.bind("127.0.0.1:0".parse().unwrap())?;
    let silent = silent.listen(0)?;
    let nowhere = silent.local_addr()?;
    let mut queued = Vec::new();
    while let Ok(Ok(stream)) = timeout!(Duration::from_millis(20) => TcpStream::connect(nowhere)) {
        queued.push(stream);
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let addresses = [nowhere, listener.local_addr()?];
    loop {
        let stream = TcpStream::connect(&addresses[..])?;
        if stream.peer_addr()? == addresses[1] {
            return Ok(());
        }
        // On a slow machine the queue was not full yet.
        queued.push(stream);
        assert!(queued.len() < 100, "the queue is never full");
    }
}

#[test]
fn connect_goes_on_to_the_next_address() -> io::Result<()> {
    past_a_silent_address()
}

/// A limit applies to each read, whatever was abandoned before.
#[vthread]
fn limited() -> io::Result<()> {
    let (client, mut server) = connected()?;
    let limit = Duration::from_millis(30);
    client.set_read_timeout(Some(limit))?;
    assert_eq!(
        (client.read_timeout()?, client.write_timeout()?),
        (Some(limit), None)
    );
    let mut client = BufReader::new(client);
    let mut line = String::new();
    let begin = Instant::now();
    let late = client.read_line(&mut line).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::WouldBlock);
    assert!(begin.elapsed() >= limit);
    for _ in 0..4 {
        // These are abandoned earlier, and leave nothing behind.
        assert!(timeout!(limit * 2 / 3 => client.read_line(&mut line)).is_err());
    }
    server.write_all(b"in time\n")?;
    assert_eq!(client.read_line(&mut line)?, 8);
    let stream = client.get_mut();
    let late = io::Read::read(stream, &mut [0]).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::WouldBlock);
    stream.set_read_timeout(None)?;
    assert!(timeout!(limit * 2 => stream.read(&mut [0])).is_err());
    server.set_write_timeout(Some(limit))?;
    let full = loop {
        if let Err(error) = server.write(&[0; 65536]) {
            break error;
        }
    };
    assert_eq!(full.kind(), ErrorKind::WouldBlock);
    Ok(())
}

#[test]
fn a_stream_waits_no_longer_than_it_may() -> io::Result<()> {
    limited()
}

/// Compiles for types with the properties of std's counterparts.
fn is_as_std<T>()
where
    T: Send + Sync + Unpin + std::fmt::Debug + std::panic::UnwindSafe + std::panic::RefUnwindSafe,
    T: AsRawFd + std::os::fd::AsFd + Into<OwnedFd> + TryFrom<OwnedFd>,
{
}

#[test]
fn the_types_are_what_std_s_are() {
    use vthread::io::{PipeReader, PipeWriter};
    use vthread::net::{UdpSocket, UnixDatagram, UnixListener, UnixStream};
    is_as_std::<TcpStream>();
    is_as_std::<TcpListener>();
    is_as_std::<UdpSocket>();
    is_as_std::<UnixStream>();
    is_as_std::<UnixListener>();
    is_as_std::<UnixDatagram>();
    is_as_std::<PipeReader>();
    is_as_std::<PipeWriter>();
}
