//! Sockets and pipes that came from elsewhere may be shared with code that expects them to block:
//! they stay as they are, and vthreads wait for them all the same.

use rustix::fs::OFlags;
use std::io;
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::time::Duration;
use vthread::io::{IoSlice, IoSliceMut, PipeReader, PipeWriter, Read, Write};
use vthread::net::{TcpListener, TcpStream, UdpSocket};
use vthread::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use vthread::prelude::*;

const MOMENT: Duration = Duration::from_millis(2);
const LARGE: usize = 4 << 20;

/// Code that knows nothing of vthreads.
mod plain {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    pub(super) fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (one, listener.accept().unwrap().0)
    }

    pub(super) fn read_all(mut from: impl Read) -> usize {
        let mut all = Vec::new();
        from.read_to_end(&mut all).unwrap()
    }

    pub(super) fn write_all(mut to: impl Write, bytes: &[u8]) {
        to.write_all(bytes).unwrap();
    }
}

fn blocks(descriptor: &impl AsRawFd) -> bool {
    let path = format!("/proc/self/fdinfo/{}", descriptor.as_raw_fd());
    let info = std::fs::read_to_string(path).unwrap();
    let line = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = u32::from_str_radix(line.unwrap().trim(), 8).unwrap();
    flags & OFlags::NONBLOCK.bits() == 0
}

/// A read that finds nothing suspends, so that its time can run out; a write of more than there is
/// room for suspends, so that the other side, which is read on a thread, need not be quick.
#[vthread]
fn transfer(mut reader: impl Read, mut writer: impl Write) -> io::Result<()> {
    let mut buf = [0; 8];
    assert!(timeout!(MOMENT => reader.read(&mut buf)).is_err());
    let mut bufs = [IoSliceMut::new(&mut buf)];
    assert!(timeout!(MOMENT => reader.read_vectored(&mut bufs)).is_err());
    let words = [IoSlice::new(b""), IoSlice::new(b"wo"), IoSlice::new(b"rds")];
    assert_eq!(writer.write_vectored(&words)?, 5);
    let (one, other) = buf.split_at_mut(2);
    let mut bufs = [IoSliceMut::new(one), IoSliceMut::new(other)];
    assert_eq!(reader.read_vectored(&mut bufs)?, 5);
    assert_eq!(&buf[..5], b"words");
    group! {
        spawn! { writer.write_all(&vec![7; LARGE])? }
        let mut large = vec![0; LARGE];
        reader.read_exact(&mut large)?;
    }
}

#[test]
fn r17_connections_stay_as_they_are() -> io::Result<()> {
    let (one, other) = plain::connection();
    let (shared, its) = (one.try_clone()?, other.try_clone()?);
    let one = TcpStream::try_from(one)?;
    transfer(&one, TcpStream::try_from(other)?)?;
    let mut buf = [0; 2];
    plain::write_all(&its, b"abc");
    assert_eq!(one.peek(&mut buf).block()?, 2);
    assert!(blocks(&shared) && blocks(&its));
    // A plain writer beside it waits until there is room, and gets no "would block".
    let reading = std::thread::spawn(|| plain::read_all(its));
    plain::write_all(&shared, &vec![7; LARGE]);
    one.shutdown(Shutdown::Write)?;
    assert_eq!(reading.join().unwrap(), LARGE);
    assert!(blocks(&one.into_std()?));

    let (one, other) = std::os::unix::net::UnixStream::pair()?;
    let shared = one.try_clone()?;
    transfer(UnixStream::try_from(other)?, UnixStream::try_from(one)?)?;
    assert!(blocks(&shared));
    Ok(())
}

#[test]
fn r17_pipes_stay_as_they_are() -> io::Result<()> {
    let (reader, writer) = io::pipe()?;
    let (shared, others) = (reader.try_clone()?, writer.try_clone()?);
    transfer(PipeReader::try_from(reader)?, PipeWriter::try_from(writer)?)?;
    assert!(blocks(&shared) && blocks(&others));
    Ok(())
}

#[vthread]
fn accept(listener: &TcpListener, local: &UnixListener) -> io::Result<()> {
    for _ in 0..2 {
        assert!(timeout!(MOMENT => listener.accept()).is_err());
        assert!(timeout!(MOMENT => local.accept()).is_err());
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (mut server, _) = listener.accept()?;
        client.write_all(b"a")?;
        server.read_exact(&mut [0])?;
        let mut client = UnixStream::connect_addr(&local.local_addr()?)?;
        let (mut server, _) = local.accept()?;
        client.write_all(b"a")?;
        server.read_exact(&mut [0])?;
    }
    Ok(())
}

#[test]
fn r17_listeners_stay_as_they_are() -> io::Result<()> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let directory = tempfile::tempdir()?;
    let local = std::os::unix::net::UnixListener::bind(directory.path().join("socket"))?;
    let shared = (listener.try_clone()?, local.try_clone()?);
    accept(&listener.try_into()?, &local.try_into()?)?;
    assert!(blocks(&shared.0) && blocks(&shared.1));
    Ok(())
}

#[vthread]
fn send(one: &UdpSocket, other: &UdpSocket) -> io::Result<()> {
    let (from, to) = (one.local_addr()?, other.local_addr()?);
    let mut buf = [0; 8];
    assert!(timeout!(MOMENT => other.recv_from(&mut buf)).is_err());
    assert!(timeout!(MOMENT => other.peek_from(&mut buf)).is_err());
    assert!(timeout!(MOMENT => other.peek(&mut buf)).is_err());
    assert!(timeout!(MOMENT => other.recv(&mut buf)).is_err());
    assert_eq!(one.send_to(b"words", to)?, 5);
    assert_eq!(other.peek_from(&mut buf)?, (5, from));
    assert_eq!(other.peek(&mut buf)?, 5);
    assert_eq!(other.recv_from(&mut buf)?, (5, from));
    one.connect(to)?;
    one.send(b"abc")?;
    assert_eq!(other.recv(&mut buf)?, 3);
    assert_eq!(&buf[..5], b"abcds");
    Ok(())
}

/// A sender without an address, one with a path, one with a name; and one that waits for room.
#[vthread]
fn send_locally(receiver: &UnixDatagram, senders: [UnixDatagram; 3]) -> io::Result<()> {
    let to = receiver.local_addr()?;
    let mut buf = [0; 8];
    assert!(timeout!(MOMENT => receiver.recv_from(&mut buf)).is_err());
    for sender in &senders {
        sender.send_to(b"words", to.as_pathname().unwrap())?;
        sender.send_to_addr(b"abc", &to)?;
        for n in [5, 3] {
            let (received, from) = receiver.recv_from(&mut buf)?;
            assert_eq!(received, n);
            let expected = sender.local_addr()?;
            assert_eq!(format!("{from:?}"), format!("{expected:?}"));
        }
    }
    group! {
        spawn! {
            for _ in 0..10_000 {
                senders[0].send_to_addr(b"a", &to)?;
            }
        }
        for _ in 0..10_000 {
            assert_eq!(receiver.recv(&mut buf)?, 1);
        }
    }
}

#[test]
fn r17_sockets_for_datagrams_stay_as_they_are() -> io::Result<()> {
    let one = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let other = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let shared = (one.try_clone()?, other.try_clone()?);
    send(&one.try_into()?, &other.try_into()?)?;
    assert!(blocks(&shared.0) && blocks(&shared.1));

    use std::os::linux::net::SocketAddrExt;
    type Socket = std::os::unix::net::UnixDatagram;
    let directory = tempfile::tempdir()?;
    let receiver = Socket::bind(directory.path().join("receiver"))?;
    let name = format!("vthread-test-{}", std::process::id());
    let senders = [
        Socket::unbound()?,
        Socket::bind(directory.path().join("sender"))?,
        Socket::bind_addr(&SocketAddr::from_abstract_name(name)?)?,
    ];
    let shared = receiver.try_clone()?;
    let senders = senders.map(|sender| UnixDatagram::try_from(sender).unwrap());
    send_locally(&receiver.try_into()?, senders)?;
    assert!(blocks(&shared));
    Ok(())
}

/// What is made here does not block, whatever operations are made on its descriptor.
#[test]
fn r17_what_is_made_here_does_not_block() -> io::Result<()> {
    let (reader, writer) = vthread::io::pipe()?;
    let (one, other) = UnixStream::pair()?;
    let listener = TcpListener::bind("127.0.0.1:0").block()?;
    let stream = TcpStream::connect(listener.local_addr()?).block()?;
    let socket = UdpSocket::bind("127.0.0.1:0").block()?;
    assert!(!blocks(&reader) && !blocks(&writer) && !blocks(&one) && !blocks(&socket));
    assert!(!blocks(&listener) && !blocks(&stream) && !blocks(&listener.try_clone()?));
    assert!(blocks(&writer.into_std()?) && blocks(&other.into_std()?));
    Ok(())
}
