//! The network in memory.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::Shutdown;
use std::sync::Mutex as StdMutex;
use vthread::prelude::*;
use vthread::testing::net::{Conditions, TcpListener, TcpStream, UdpSocket, set_conditions};
use vthread::testing::{elapsed, seed};
use vthread::time::{Duration, sleep};

/// Protocol code, which does not know the network: answers each line with its length.
#[vthread]
fn answer<S: Read + Write>(stream: S) -> std::io::Result<u32> {
    let mut n = 0;
    let mut stream = vthread::io::BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line)? > 0 {
        let answer = format!("{}\n", line.trim_end().len());
        stream.get_mut().write_all(answer.as_bytes())?;
        line.clear();
        n += 1;
    }
    Ok(n)
}

#[vthread]
fn ask(address: &str, word: &str) -> std::io::Result<usize> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(word.as_bytes())?;
    stream.write_all(b"\n")?;
    stream.shutdown(Shutdown::Write)?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    text.trim_end().parse().map_err(std::io::Error::other)
}

#[vthread::test(seeds = 100)]
fn late_and_in_pieces_all_arrives() {
    let listener = TcpListener::bind("10.0.0.1:80").unwrap();
    group! {
        spawn! {
            for _ in 0..3 {
                let (stream, _) = listener.accept().unwrap();
                assert_eq!(answer(stream).unwrap(), 1);
            }
        }
        for word in ["a", "some", "a much longer word"] {
            assert_eq!(ask("10.0.0.1:80", word).unwrap(), word.len());
        }
    }
    assert!(elapsed() < Duration::from_secs(10));
}

static ENDS: StdMutex<BTreeSet<String>> = StdMutex::new(BTreeSet::new());

/// Some runs get an answer, and some a broken connection, on one side or the other.
#[vthread::test(seeds = 100)]
fn connections_are_cut() {
    set_conditions(Conditions::new().delays(Duration::from_secs(1)).cuts(20));
    let listener = TcpListener::bind("10.0.0.1:80").unwrap();
    let answered = group! {
        spawn! {
            let (stream, _) = listener.accept().unwrap();
            let _ = answer(stream);
        }
        ask("10.0.0.1:80", "word")
    };
    let end = match answered {
        Ok(n) => n.to_string(),
        Err(error) => error.kind().to_string(),
    };
    let mut ends = ENDS.lock().unwrap();
    ends.insert(end);
    if seed() == 99 {
        let expected = ["4".to_owned(), ErrorKind::ConnectionReset.to_string()];
        assert!(expected.iter().all(|end| ends.contains(end)), "{ends:?}");
    }
}

#[vthread::test(virtual_time)]
fn a_network_without_conditions_is_as_fast_as_memory() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let taken = TcpListener::bind(address).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    let mut client = TcpStream::connect(address).unwrap();
    let (mut server, peer) = listener.accept().unwrap();
    assert_eq!(client.local_addr().unwrap(), peer);
    assert_eq!(server.local_addr().unwrap(), address);
    group! {
        spawn! {
            let sent = vec![7; 1_000_000];
            client.write_all(&sent).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
        }
        let mut received = Vec::new();
        server.read_to_end(&mut received).unwrap();
        assert_eq!(received.len(), 1_000_000);
    }
    assert_eq!(elapsed(), Duration::ZERO);
    drop(listener);
    let refused = TcpStream::connect(address).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

/// The same address in two tests is two places.
#[vthread::test(virtual_time)]
fn each_test_has_its_own() {
    let refused = TcpStream::connect("10.0.0.1:80").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    let listener = TcpListener::bind("10.0.0.1:80").unwrap();
    let idle = timeout!(Duration::from_secs(60) => { listener.accept().map(drop) });
    assert!(idle.is_err());
    sleep(Duration::ZERO);
}

/// As code for the system's sockets uses them: in children, by reference, by clones, with limits.
#[vthread::test(seeds = 50)]
fn streams_are_used_as_the_systems() {
    let listener = TcpListener::bind("10.0.0.1:80").unwrap();
    group! {
        spawn! {
            for stream in listener.incoming().take(2) {
                let stream = stream.unwrap();
                let (mut reader, writer) = (stream.try_clone().unwrap(), stream);
                let mut first = [0];
                while reader.peek(&mut first).unwrap() > 0 {
                    let mut byte = [0];
                    reader.read_exact(&mut byte).unwrap();
                    assert_eq!(first, byte);
                    (&writer).write_all(&byte).unwrap();
                }
            }
        }
        for _ in 0..2 {
            spawn! {
                let stream = TcpStream::connect("10.0.0.1:80").unwrap();
                stream.set_nodelay(true).unwrap();
                assert!(stream.nodelay().unwrap());
                let mut back = Vec::new();
                group! {
                    spawn! {
                        (&stream).write_all(b"some words").unwrap();
                        stream.shutdown(Shutdown::Write).unwrap();
                    }
                    (&stream).read_to_end(&mut back).unwrap();
                }
                assert_eq!(back, b"some words");
            }
        }
    }
}

#[vthread::test(virtual_time)]
fn waits_have_limits() {
    set_conditions(Conditions::new().delays(Duration::from_secs(3600)));
    let _listener = TcpListener::bind("10.0.0.1:80").unwrap();
    let address = "10.0.0.1:80".parse().unwrap();
    let limit = Duration::from_secs(1);
    while let Ok(mut stream) = TcpStream::connect_timeout(&address, limit) {
        stream.set_read_timeout(Some(limit)).unwrap();
        let before = elapsed();
        let late = stream.read(&mut [0]).unwrap_err();
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
        assert_eq!(elapsed() - before, limit);
    }
    let socket = UdpSocket::bind("10.0.0.1:53").unwrap();
    socket.set_read_timeout(Some(limit)).unwrap();
    let late = socket.recv(&mut [0]).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::WouldBlock);
}

/// A protocol over datagrams: numbers each, asks again for what is not confirmed, and takes what
/// comes twice once.
#[vthread]
fn send_all(socket: &UdpSocket, n: u8) {
    let mut answer = [0; 1];
    for number in 0..n {
        loop {
            socket.send(&[number]).unwrap();
            let confirmed = timeout!(Duration::from_secs(3) => {
                loop {
                    socket.recv(&mut answer).unwrap();
                    if answer == [number] {
                        break;
                    }
                }
            });
            if confirmed.is_ok() {
                break;
            }
        }
    }
}

#[vthread]
fn receive_all(socket: &UdpSocket, n: u8) -> Vec<u8> {
    let mut received = Vec::new();
    let mut datagram = [0; 1];
    while received.len() < usize::from(n) {
        let (_, from) = socket.recv_from(&mut datagram).unwrap();
        if usize::from(datagram[0]) == received.len() {
            received.push(datagram[0]);
        }
        socket.send_to(&datagram, from).unwrap();
    }
    received
}

#[vthread::test(seeds = 100)]
fn a_protocol_over_datagrams_that_are_lost_and_late() {
    set_conditions(Conditions::new().delays(Duration::from_secs(1)).cuts(5));
    let server = UdpSocket::bind("10.0.0.1:53").unwrap();
    let client = UdpSocket::bind("10.0.0.2:0").unwrap();
    client.connect("10.0.0.1:53").unwrap();
    let received = group! {
        let client = &client;
        // The last confirmation may be lost: then it asks until it is cancelled.
        let sender = spawn!(service => { send_all(client, 20); });
        let received = receive_all(&server, 20);
        sender.cancel();
        received
    };
    assert_eq!(received, (0..20).collect::<Vec<_>>());
}

static ORDERS: StdMutex<BTreeSet<Vec<u8>>> = StdMutex::new(BTreeSet::new());

#[vthread::test(seeds = 100)]
fn datagrams_overtake_one_another() {
    let receiver = UdpSocket::bind("10.0.0.1:53").unwrap();
    let sender = UdpSocket::bind("10.0.0.2:53").unwrap();
    for number in 0..3 {
        sender.send_to(&[number], "10.0.0.1:53").unwrap();
    }
    let mut order = Vec::new();
    let mut datagram = [0; 1];
    for _ in 0..3 {
        receiver.recv(&mut datagram).unwrap();
        order.push(datagram[0]);
    }
    let mut orders = ORDERS.lock().unwrap();
    orders.insert(order);
    if seed() == 99 {
        assert!(
            orders.contains(&vec![0, 1, 2]) && orders.len() > 3,
            "{orders:?}"
        );
    }
}

#[vthread::test(virtual_time)]
fn any_port_is_a_free_one() {
    let first = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut taken = first.local_addr().unwrap();
    taken.set_port(taken.port() + 1);
    let _listener = TcpListener::bind(taken).unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_ne!(other.local_addr().unwrap(), taken);
    taken.set_port(other.local_addr().unwrap().port() + 1);
    let _socket = UdpSocket::bind(taken).unwrap();
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    assert_ne!(other.local_addr().unwrap(), taken);
}

#[vthread::test(virtual_time)]
fn datagrams_keep_their_bounds() {
    let one = UdpSocket::bind("127.0.0.1:0").unwrap();
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    let [here, there] = [&one, &other].map(|socket| socket.local_addr().unwrap());
    assert_eq!(
        UdpSocket::bind(here).unwrap_err().kind(),
        ErrorKind::AddrInUse
    );
    assert_eq!(one.send(b"x").unwrap_err().kind(), ErrorKind::NotConnected);
    let longest = vec![0; 65_508];
    assert_eq!(
        one.send_to(&longest, there).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    // Where no socket is, it is lost.
    assert_eq!(one.send_to(b"x", "10.0.0.9:9").unwrap(), 1);
    assert_eq!(one.send_to(b"words", there).unwrap(), 5);
    assert_eq!(one.send_to(b"", there).unwrap(), 0);
    let mut buf = [0; 3];
    assert_eq!(other.peek_from(&mut buf).unwrap(), (3, here));
    assert_eq!(other.recv_from(&mut buf).unwrap(), (3, here));
    assert_eq!(&buf, b"wor");
    assert_eq!(other.recv(&mut buf).unwrap(), 0);
    let third = UdpSocket::bind("127.0.0.1:0").unwrap();
    third.send_to(b"a", there).unwrap();
    other.connect(here).unwrap();
    assert_eq!(other.peer_addr().unwrap(), here);
    third.send_to(b"b", there).unwrap();
    one.send_to(b"c", there).unwrap();
    assert_eq!(other.recv(&mut buf).unwrap(), 1);
    assert_eq!(&buf[..1], b"c");
    let none = timeout!(Duration::from_secs(60) => { other.recv(&mut buf).map(drop) });
    assert!(none.is_err());
}

/// A socket that receives nothing keeps no more than a socket of the system.
#[vthread::test(virtual_time)]
fn what_is_not_received_is_bounded() {
    let receiver = UdpSocket::bind("0.0.0.0:0").unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    // A socket with all addresses of the machine is reached at each.
    let port = receiver.local_addr().unwrap().port();
    let to = ("127.0.0.1", port);
    for _ in 0..1000 {
        sender.send_to(&[0; 1024], to).unwrap();
    }
    let mut n = 0;
    let mut buf = [0; 1024];
    while let Ok(received) = timeout!(Duration::from_secs(1) => { receiver.recv(&mut buf) }) {
        assert_eq!(received.unwrap(), 1024);
        n += 1;
    }
    assert_eq!(n, 208);
    // Empty ones, too.
    for _ in 0..10_000 {
        sender.send_to(&[], to).unwrap();
    }
    n = 0;
    while timeout!(Duration::from_secs(1) => { receiver.recv(&mut buf) }).is_ok() {
        n += 1;
    }
    assert!((1..10_000).contains(&n), "{n}");
}
