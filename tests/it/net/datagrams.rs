//! Datagrams, over the loopback and in the Unix domain.

use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::time::Duration;
use vthread::net::{UdpSocket, UnixDatagram};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

#[vthread]
fn bound() -> io::Result<UdpSocket> {
    UdpSocket::bind("127.0.0.1:0")
}

#[vthread]
fn to_and_fro() -> io::Result<()> {
    let (one, other) = (bound()?, bound()?);
    let (here, there) = (one.local_addr()?, other.local_addr()?);
    let mut buf = [0; 8];
    assert_eq!(one.send_to(b"hello", there)?, 5);
    assert_eq!(other.peek_from(&mut buf)?, (5, here));
    assert_eq!(other.recv_from(&mut buf)?, (5, here));
    assert_eq!(&buf[..5], b"hello");
    one.connect(there)?;
    assert_eq!(one.peer_addr()?, there);
    one.send(b"a")?;
    one.send(b"longer than the buffer")?;
    assert_eq!(other.peek(&mut buf)?, 1);
    assert_eq!(other.recv(&mut buf)?, 1);
    assert_eq!(
        other.recv(&mut buf)?,
        8,
        "the rest of a datagram is lost, as with std"
    );
    one.set_broadcast(true)?;
    one.set_ttl(7)?;
    one.set_multicast_loop_v4(false)?;
    one.set_multicast_ttl_v4(3)?;
    assert_eq!((one.broadcast()?, one.ttl()?), (true, 7));
    assert_eq!(
        (one.multicast_loop_v4()?, one.multicast_ttl_v4()?),
        (false, 3)
    );
    assert!(
        one.join_multicast_v4(&Ipv4Addr::LOCALHOST, &Ipv4Addr::LOCALHOST)
            .is_err()
    );
    assert!(one.take_error()?.is_none());
    let clone = one.try_clone()?;
    drop(one);
    clone.send(b"by the clone")?;
    let std = clone.into_std()?;
    std.send(b"by std's")?;
    let back = UdpSocket::try_from(std)?;
    assert_eq!(back.local_addr()?, here);
    Ok(())
}

#[test]
fn datagrams_go_to_and_fro() -> io::Result<()> {
    to_and_fro()
}

#[vthread]
fn limited() -> io::Result<()> {
    let socket = bound()?;
    let zero = socket.set_read_timeout(Some(Duration::ZERO)).unwrap_err();
    assert_eq!(zero.kind(), ErrorKind::InvalidInput);
    let limit = Some(Duration::from_millis(2));
    socket.set_read_timeout(limit)?;
    assert_eq!(
        (socket.read_timeout()?, socket.write_timeout()?),
        (limit, None)
    );
    let late = socket.recv(&mut [0]).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::WouldBlock);
    Ok(())
}

#[test]
fn a_read_waits_no_longer_than_it_may() -> io::Result<()> {
    limited()
}

/// Each datagram arrives once, whichever receivers are cancelled.
#[vthread]
fn storm(n: u32) -> io::Result<(u32, u32)> {
    let (one, other) = (bound()?, bound()?);
    let there = other.local_addr()?;
    let mut cancelled = 0;
    // No more are on their way than the system keeps.
    let (sent, received) = channel(64);
    group! {
        spawn! {
            for i in 0..n {
                sent.send(()).unwrap();
                one.send_to(&i.to_le_bytes(), there)?;
                if i % 16 == 0 {
                    sleep(Duration::from_micros(100));
                }
            }
        }
        let mut expected = 0;
        while expected < n {
            let mut buf = [0; 4];
            let limit = Duration::from_micros(u64::from(cancelled % 7) * 20);
            match timeout!(limit => other.recv_from(&mut buf)) {
                Ok(datagram) => {
                    assert_eq!(datagram?.0, 4);
                    assert_eq!(u32::from_le_bytes(buf), expected);
                    received.recv().unwrap();
                    expected += 1;
                }
                Err(_) => cancelled += 1,
            }
        }
        Ok((expected, cancelled))
    }
}

#[test]
fn cancelled_receptions_lose_nothing() -> io::Result<()> {
    let (received, cancelled) = storm(2_000)?;
    assert_eq!(received, 2_000);
    assert!(cancelled > 0);
    Ok(())
}

#[vthread]
fn of_the_unix_domain() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("socket");
    let bound = UnixDatagram::bind(&path)?;
    let other = UnixDatagram::unbound()?;
    other.send_to(b"first", &path)?;
    other.send_to_addr(b"second", &bound.local_addr()?)?;
    other.connect(&path)?;
    other.send(b"third")?;
    let mut buf = [0; 8];
    assert_eq!(bound.recv(&mut buf)?, 5);
    let (n, from) = bound.recv_from(&mut buf)?;
    assert!(from.is_unnamed());
    assert_eq!(&buf[..n], b"second");
    assert_eq!(bound.recv(&mut buf)?, 5);
    bound.set_read_timeout(Some(Duration::from_millis(1)))?;
    assert_eq!(
        bound.recv(&mut buf).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    Ok(())
}

#[test]
fn datagrams_of_the_unix_domain() -> io::Result<()> {
    of_the_unix_domain()
}
