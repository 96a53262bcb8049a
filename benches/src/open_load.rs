//! The load of the open echo workload: a hundred connections, and a fixed number of messages for
//! each second, which are sent when they are due, whether or not those before them have come back.
//!
//! A latency counts from the moment at which the message was due: a server that stalls is charged
//! for all messages that it keeps waiting (Gil Tene's "coordinated omission" does not happen). One
//! thread sends, another one receives. The k-th message of a connection is due at a moment that
//! both can compute, and a connection answers in order, so that they share nothing.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use crate::load::{CONNECTIONS, MEASURED, MESSAGE, WARM_UP};
use crate::measure::cpu_seconds;

/// How long the last answers may take.
const LIMIT: Duration = Duration::from_secs(10);

/// When each message is due: one connection after the other, at equal distances.
#[derive(Clone, Copy, Debug)]
struct Schedule {
    start: Instant,
    per_second: f64,
}

impl Schedule {
    fn due(self, n_before: usize) -> Instant {
        self.start + Duration::from_secs_f64(n_before as f64 / self.per_second)
    }

    fn n_messages(self) -> usize {
        ((WARM_UP + MEASURED).as_secs_f64() * self.per_second) as usize
    }
}

/// Loads the server at `port` with `per_second` messages, and returns metrics with their values;
/// `server` is its process.
pub(crate) fn run(port: u16, server: u32, per_second: f64) -> io::Result<Vec<(String, f64)>> {
    let streams = connect(port)?;
    let schedule = Schedule {
        start: Instant::now() + Duration::from_millis(10),
        per_second,
    };
    let gives_up = AtomicBool::new(false);
    let (mut latencies, cpu) = thread::scope(|scope| {
        let cpu = scope.spawn(|| {
            thread::sleep(WARM_UP);
            let before = cpu_seconds(server);
            thread::sleep(MEASURED);
            cpu_seconds(server) - before
        });
        let sender = scope.spawn(|| {
            let sent = send(&streams, schedule);
            gives_up.store(sent.is_err(), Ordering::Relaxed);
            sent
        });
        let received = receive(&streams, schedule, &gives_up);
        let cpu = cpu.join().expect("it only reads a file");
        sender.join().expect("it reports its errors")?;
        received.map(|latencies| (latencies, cpu))
    })?;

    latencies.sort_unstable();
    let n = latencies.len();
    if n == 0 {
        return Err(io::Error::other("the server gave nothing back"));
    }
    let micros = |latency: Duration| latency.as_secs_f64() * 1e6;
    Ok(vec![
        ("server_cpu_us_each".to_owned(), cpu * 1e6 / n as f64),
        ("p50_us".to_owned(), micros(latencies[n / 2])),
        ("p99_us".to_owned(), micros(latencies[n * 99 / 100])),
        ("p99.9_us".to_owned(), micros(latencies[n * 999 / 1000])),
    ])
}

fn connect(port: u16) -> io::Result<Vec<TcpStream>> {
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let connect_one = |_| {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(stream)
    };
    (0..CONNECTIONS).map(connect_one).collect()
}

fn send(streams: &[TcpStream], schedule: Schedule) -> io::Result<()> {
    for n_sent in 0..schedule.n_messages() {
        let due = schedule.due(n_sent);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // The buffers of the system hold seconds of small messages. If one is full all the same,
        // the server does not keep up with this rate.
        (&streams[n_sent % CONNECTIONS]).write_all(&MESSAGE)?;
    }
    Ok(())
}

/// Returns the latencies of the messages that were due after the warm-up.
fn receive(
    streams: &[TcpStream],
    schedule: Schedule,
    gives_up: &AtomicBool,
) -> io::Result<Vec<Duration>> {
    let mut poll = Poll::new()?;
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for (token, stream) in streams.iter().enumerate() {
        let mut stream = mio::net::TcpStream::from_std(stream.try_clone()?);
        poll.registry()
            .register(&mut stream, Token(token), Interest::READABLE)?;
        connections.push((stream, 0_usize));
    }
    let mut latencies = Vec::with_capacity(schedule.n_messages());
    let mut events = Events::with_capacity(256);
    let mut buffer = [0; 64 * 64];
    let mut n_received = 0;
    let end = schedule.due(schedule.n_messages()) + LIMIT;
    while n_received < schedule.n_messages() {
        if gives_up.load(Ordering::Relaxed) || Instant::now() > end {
            return Err(io::Error::other("the server does not keep up"));
        }
        poll.poll(&mut events, Some(Duration::from_millis(100)))?;
        for event in &events {
            let idx = event.token().0;
            let (stream, n_bytes) = &mut connections[idx];
            loop {
                let n = match stream.read(&mut buffer) {
                    Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(n) => n,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                };
                let now = Instant::now();
                let before = *n_bytes / MESSAGE.len();
                *n_bytes += n;
                for k in before..*n_bytes / MESSAGE.len() {
                    n_received += 1;
                    let due = schedule.due(k * CONNECTIONS + idx);
                    if due >= schedule.start + WARM_UP {
                        latencies.push(now.saturating_duration_since(due));
                    }
                }
                // A short read has emptied the socket.
                if n < buffer.len() {
                    break;
                }
            }
        }
    }
    Ok(latencies)
}
