//! The load of the echo workload: one thread, a hundred connections, and on each of them one
//! message of 64 bytes that is sent again as soon as it has come back.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::measure::cpu_seconds;

/// The metric of a message's share of the whole time.
pub(crate) const MICROS_EACH: &str = "wall_us_each";

pub(crate) const CONNECTIONS: usize = 100;
pub(crate) const MESSAGE: [u8; 64] = [7; 64];
pub(crate) const WARM_UP: Duration = Duration::from_millis(500);
pub(crate) const MEASURED: Duration = Duration::from_secs(3);

/// One connection, and the state of its message.
#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    received: usize,
    sent_at: Instant,
}

/// Loads the server at `port` and returns metrics with their values; `server` is its process.
pub(crate) fn run(port: u16, server: u32) -> io::Result<Vec<(String, f64)>> {
    let mut poll = Poll::new()?;
    let mut connections = connect(&poll, port)?;
    for connection in &mut connections {
        connection.send()?;
    }
    drive(&mut poll, &mut connections, WARM_UP)?;
    let (cpu_before, started) = (cpu_seconds(server), Instant::now());
    let mut latencies = drive(&mut poll, &mut connections, MEASURED)?;
    let (cpu, took) = (cpu_seconds(server) - cpu_before, started.elapsed());

    latencies.sort_unstable();
    let n = latencies.len();
    if n == 0 {
        return Err(io::Error::other("the server gave nothing back"));
    }
    let micros = |latency: Duration| latency.as_secs_f64() * 1e6;
    Ok(vec![
        (MICROS_EACH.to_owned(), micros(took) / n as f64),
        ("server_cpu_us_each".to_owned(), cpu * 1e6 / n as f64),
        ("p50_us".to_owned(), micros(latencies[n / 2])),
        ("p99_us".to_owned(), micros(latencies[n * 99 / 100])),
    ])
}

fn connect(poll: &Poll, port: u16) -> io::Result<Vec<Connection>> {
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for token in 0..CONNECTIONS {
        // Connected by std, which blocks, so that every connection is open before the clock starts.
        let stream = std::net::TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry()
            .register(&mut stream, Token(token), Interest::READABLE)?;
        connections.push(Connection {
            stream,
            received: 0,
            sent_at: Instant::now(),
        });
    }
    Ok(connections)
}

/// Keeps all connections busy for `time`, and returns the latency of every message.
fn drive(
    poll: &mut Poll,
    connections: &mut [Connection],
    time: Duration,
) -> io::Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(1 << 20);
    let mut events = Events::with_capacity(256);
    let end = Instant::now() + time;
    while Instant::now() < end {
        poll.poll(&mut events, Some(Duration::from_secs(1)))?;
        for event in &events {
            let connection = &mut connections[event.token().0];
            if let Some(latency) = connection.receive()? {
                latencies.push(latency);
                connection.send()?;
            }
        }
    }
    Ok(latencies)
}

impl Connection {
    fn send(&mut self) -> io::Result<()> {
        self.sent_at = Instant::now();
        // One small message always fits into an empty socket buffer.
        self.stream.write_all(&MESSAGE)
    }

    /// Reads once. A short read has emptied the socket, so the next event comes with new bytes.
    fn receive(&mut self) -> io::Result<Option<Duration>> {
        let mut buffer = [0; 256];
        match self.stream.read(&mut buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => self.received += n,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
        if self.received < MESSAGE.len() {
            return Ok(None);
        }
        self.received -= MESSAGE.len();
        Ok(Some(self.sent_at.elapsed()))
    }
}
