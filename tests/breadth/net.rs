// One of the texts: see `main.rs`.

use library::io::{self, IoSlice, IoSliceMut, Read, Write};
use library::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use library::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use library::os::unix::net::{SocketAddr as UnixAddr, UnixDatagram, UnixListener, UnixStream};
use library::time::Duration;
use std::path::Path;

const D: Duration = Duration::from_millis(100);

functions! {
    pub(super) fn tcp() -> io::Result<()> {
        let listener: TcpListener = TcpListener::bind("127.0.0.1:0")?;
        let listener2 = TcpListener::bind(("127.0.0.1", 0))?;
        let _ = TcpListener::bind(&[SocketAddr::from(([127, 0, 0, 1], 0))][..])?;
        let _ = TcpListener::bind(String::from("localhost:0"))?;
        let address: SocketAddr = listener.local_addr()?;
        let other: TcpListener = listener.try_clone()?;
        listener.set_ttl(60)?;
        let _: u32 = listener.ttl()?;
        let _: Option<io::Error> = listener.take_error()?;
        drop((other, listener2));
        let mut client: TcpStream = TcpStream::connect(address)?;
        let _ = TcpStream::connect_timeout(&address, D)?;
        let (mut server, peer): (TcpStream, SocketAddr) = listener.accept()?;
        assert_eq!(peer, client.local_addr()?);
        assert_eq!(client.peer_addr()?, address);
        client.set_read_timeout(Some(D))?;
        client.set_write_timeout(None)?;
        let _: Option<Duration> = client.read_timeout()?;
        let _: Option<Duration> = client.write_timeout()?;
        client.set_nodelay(true)?;
        let _: bool = client.nodelay()?;
        client.set_ttl(60)?;
        let _: u32 = client.ttl()?;
        let _: Option<io::Error> = client.take_error()?;
        client.write_all(b"abcdef")?;
        let _: usize = client.write(b"x")?;
        let _: usize = client.write_vectored(&[IoSlice::new(b"y")])?;
        client.flush()?;
        write!(client, "{}", 1)?;
        let mut buf = [0; 3];
        let _: usize = server.peek(&mut buf)?;
        server.read_exact(&mut buf)?;
        let _: usize = server.read(&mut buf)?;
        let _: usize = server.read_vectored(&mut [IoSliceMut::new(&mut buf)])?;
        client.shutdown(Shutdown::Write)?;
        let _: usize = server.read_to_end(&mut Vec::new())?;
        let _: usize = server.read_to_string(&mut String::new())?;
        let other = server.try_clone()?;
        (&other).write_all(b"x")?;
        let _ = format!("{other:?} {listener:?}");
        let _: BorrowedFd<'_> = other.as_fd();
        let _: RawFd = listener.as_raw_fd();
        for stream in listener.incoming() {
            let _: TcpStream = stream?;
            break;
        }
        Ok(())
    }

    pub(super) fn udp() -> io::Result<()> {
        let one: UdpSocket = UdpSocket::bind("127.0.0.1:0")?;
        let other = UdpSocket::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let mut buf = [0; 8];
        one.connect(other.local_addr()?)?;
        let _: usize = one.send(b"a")?;
        let _: usize = one.send_to(b"a", other.local_addr()?)?;
        let _: (usize, SocketAddr) = other.peek_from(&mut buf)?;
        let _: usize = other.peek(&mut buf)?;
        let _: (usize, SocketAddr) = other.recv_from(&mut buf)?;
        let _: usize = other.recv(&mut buf)?;
        let _: SocketAddr = one.peer_addr()?;
        let _ = one.try_clone()?;
        one.set_read_timeout(Some(D))?;
        one.set_write_timeout(Some(D))?;
        let _ = (one.read_timeout()?, one.write_timeout()?);
        one.set_broadcast(true)?;
        let _: bool = one.broadcast()?;
        one.set_multicast_loop_v4(true)?;
        let _: bool = one.multicast_loop_v4()?;
        one.set_multicast_ttl_v4(1)?;
        let _: u32 = one.multicast_ttl_v4()?;
        let _ = one.set_multicast_loop_v6(true);
        let _ = one.multicast_loop_v6();
        one.set_ttl(9)?;
        let _: u32 = one.ttl()?;
        let _ = one.join_multicast_v4(&Ipv4Addr::new(224, 0, 0, 9), &Ipv4Addr::UNSPECIFIED);
        let _ = one.leave_multicast_v4(&Ipv4Addr::new(224, 0, 0, 9), &Ipv4Addr::UNSPECIFIED);
        let _ = one.join_multicast_v6(&Ipv6Addr::LOCALHOST, 0);
        let _ = one.leave_multicast_v6(&Ipv6Addr::LOCALHOST, 0);
        let _ = one.take_error()?;
        Ok(())
    }

    pub(super) fn unix(dir: &Path) -> io::Result<()> {
        let listener = UnixListener::bind(dir.join("l"))?;
        let _ = UnixListener::bind_addr(&UnixAddr::from_pathname(dir.join("l2"))?)?;
        let client = UnixStream::connect(dir.join("l"))?;
        let client2: UnixStream = UnixStream::connect_addr(&listener.local_addr()?)?;
        let (server, _): (UnixStream, UnixAddr) = listener.accept()?;
        let _ = listener.try_clone()?;
        let _ = listener.take_error()?;
        for stream in listener.incoming() {
            let _: UnixStream = stream?;
            break;
        }
        let (mut one, mut two) = UnixStream::pair()?;
        one.write_all(b"x")?;
        two.read_exact(&mut [0])?;
        let _ = client.local_addr()?;
        let _ = client.peer_addr()?;
        client.set_read_timeout(Some(D))?;
        client.set_write_timeout(Some(D))?;
        let _ = (client.read_timeout()?, client.write_timeout()?);
        let _ = client.take_error()?;
        client.shutdown(Shutdown::Both)?;
        let _ = (server.try_clone()?, client2.try_clone()?);
        let a = UnixDatagram::bind(dir.join("a"))?;
        let b = UnixDatagram::bind_addr(&UnixAddr::from_pathname(dir.join("b"))?)?;
        let c = UnixDatagram::unbound()?;
        let _ = UnixDatagram::pair()?;
        c.connect(dir.join("a"))?;
        c.connect_addr(&a.local_addr()?)?;
        let _ = (c.try_clone()?, c.peer_addr()?);
        let mut buf = [0; 4];
        let _: usize = c.send(b"x")?;
        let _: usize = c.send_to(b"x", dir.join("b"))?;
        let _: usize = c.send_to_addr(b"x", &b.local_addr()?)?;
        let _: (usize, UnixAddr) = b.recv_from(&mut buf)?;
        let _: usize = a.recv(&mut buf)?;
        c.set_read_timeout(Some(D))?;
        c.set_write_timeout(Some(D))?;
        let _ = (c.read_timeout()?, c.write_timeout()?);
        let _ = c.take_error()?;
        c.shutdown(Shutdown::Both)?;
        let _ = UnixAddr::from_pathname("x")?.is_unnamed();
        Ok(())
    }
    #[cfg(target_os = "linux")]
    pub(super) fn linux() -> io::Result<()> {
        use library::os::linux::fs::MetadataExt;
        use library::os::linux::net::{SocketAddrExt, TcpStreamExt};
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let client = TcpStream::connect(listener.local_addr()?)?;
        client.set_quickack(true)?;
        let _: bool = client.quickack()?;
        let name = format!("vthread-{}-{}", std::process::id(), listener.local_addr()?);
        let address = UnixAddr::from_abstract_name(&name)?;
        assert_eq!(address.as_abstract_name(), Some(name.as_bytes()));
        assert!(address.as_pathname().is_none());
        let listener = UnixListener::bind_addr(&address)?;
        let _ = UnixStream::connect_addr(&address)?;
        let metadata: library::fs::Metadata = library::fs::metadata("/")?;
        let _ = (metadata.st_ino(), metadata.st_size());
        drop(listener);
        Ok(())
    }
}
