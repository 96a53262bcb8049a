//! The network in memory.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::Shutdown;
use std::sync::Mutex as StdMutex;
use vthread::prelude::*;
use vthread::testing::net::{Conditions, TcpListener, TcpStream, set_conditions};
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
