//! TCP on the loopback interface.

use super::*;
use crate::net::{TcpListener, TcpStream};
use std::future::poll_fn;
use std::thread;

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").block().unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap())
        .block()
        .unwrap();
    let (server, peer) = listener.accept().block().unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
    (client, server)
}

#[test]
fn echo() {
    let (mut client, mut server) = pair();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut buf = [0; 16];
            loop {
                match crate::io::Read::read(&mut server, &mut buf)
                    .block()
                    .unwrap()
                {
                    0 => return,
                    n => crate::io::Write::write_all(&mut server, &buf[..n])
                        .block()
                        .unwrap(),
                }
            }
        });
        for round in 0..500_u32 {
            crate::io::Write::write_all(&mut client, &round.to_le_bytes())
                .block()
                .unwrap();
            let mut buf = [0; 4];
            crate::io::Read::read_exact(&mut client, &mut buf)
                .block()
                .unwrap();
            assert_eq!(u32::from_le_bytes(buf), round);
        }
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(
            crate::io::Read::read(&mut client, &mut [0; 1])
                .block()
                .unwrap(),
            0
        );
    });
}

/// More than the buffers of the system hold, so that both sides wait; both directions at once,
/// through `&TcpStream`.
#[test]
fn much_in_both_directions() {
    const LEN: usize = 8 << 20;
    let (client, server) = pair();
    let data: Vec<u8> = (0..LEN).map(|i| ((i * 31) >> 3) as u8).collect();
    thread::scope(|scope| {
        for stream in [&client, &server] {
            let mut writer = stream;
            let data = &data;
            scope.spawn(move || {
                crate::io::Write::write_all(&mut writer, data)
                    .block()
                    .unwrap();
                writer.shutdown(Shutdown::Write).unwrap();
            });
            let mut reader = stream;
            scope.spawn(move || {
                let mut received = Vec::new();
                crate::io::Read::read_to_end(&mut reader, &mut received)
                    .block()
                    .unwrap();
                assert!(received == *data);
            });
        }
    });
}

#[test]
fn blocks_for_plain_code() {
    let (mut client, server) = pair();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut lines = std::io::BufRead::lines(std::io::BufReader::new(&server));
            let line = lines.next().unwrap().unwrap();
            std::io::Write::write_all(&mut &server, line.to_uppercase().as_bytes()).unwrap();
        });
        std::io::Write::write_all(&mut client, b"hello\n").unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut client, &mut answer).unwrap();
        assert_eq!(answer, "HELLO");
    });
}

#[test]
fn a_refused_connection_says_so() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").block().unwrap();
        listener.local_addr().unwrap()
    };
    for error in [
        TcpStream::connect(address).block().unwrap_err(),
        TcpStream::connect_timeout(&address, Duration::from_secs(60))
            .block()
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}

#[test]
fn every_address_is_tried() {
    let listener = TcpListener::bind("127.0.0.1:0").block().unwrap();
    let refusing = {
        let listener = TcpListener::bind("127.0.0.1:0").block().unwrap();
        listener.local_addr().unwrap()
    };
    let addresses = [refusing, listener.local_addr().unwrap()];
    let stream = TcpStream::connect(&addresses[..]).block().unwrap();
    assert_eq!(stream.peer_addr().unwrap(), addresses[1]);
    assert_eq!(
        TcpStream::connect(&[][..]).block().unwrap_err().kind(),
        io::ErrorKind::InvalidInput
    );
}

#[test]
fn a_handle_more() {
    let (client, mut server) = pair();
    let mut other = client.try_clone().unwrap();
    drop(client);
    crate::io::Write::write_all(&mut other, b"x")
        .block()
        .unwrap();
    let mut buf = [0; 1];
    crate::io::Read::read_exact(&mut server, &mut buf)
        .block()
        .unwrap();
    assert_eq!(&buf, b"x");
}

#[test]
fn many_accept_from_one_listener() {
    let listener = TcpListener::bind("127.0.0.1:0").block().unwrap();
    let address = listener.local_addr().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                listener
                    .incoming()
                    .take(5)
                    .for_each(|stream| drop(stream.unwrap()))
            });
        }
        let clients: Vec<_> = (0..20)
            .map(|_| TcpStream::connect(address).block().unwrap())
            .collect();
        for mut client in clients {
            assert_eq!(
                crate::io::Read::read(&mut client, &mut [0; 1])
                    .block()
                    .unwrap(),
                0
            );
        }
    });
}

/// A reader that went away leaves nothing that would keep a later one from being told.
#[test]
fn a_reader_that_goes_disturbs_nobody() {
    use std::task::Waker;
    let (mut client, server) = pair();
    for _ in 0..100 {
        let mut buf = [0; 1];
        let mut gone = std::pin::pin!(poll_fn(|cx| server.poll_read_shared(cx, &mut buf)));
        let polled =
            std::future::Future::poll(gone.as_mut(), &mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
    }
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut buf = [0; 1];
            crate::io::Read::read(&mut &server, &mut buf)
                .block()
                .unwrap();
            buf
        });
        crate::io::Write::write_all(&mut client, b"!")
            .block()
            .unwrap();
        assert_eq!(reader.join().unwrap(), *b"!");
    });
}
