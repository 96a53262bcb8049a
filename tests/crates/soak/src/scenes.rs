//! The scenes that run concurrently. Each is played again and again until the part is over.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::signal::{Listener, SignalKind, listen};
use vthread::sync::{Mutex, channel, recv_any, unbounded};
use vthread::time::sleep;
use vthread::{blocking, blocking_scoped, fs, yield_now};

/// The work done so far.
#[derive(Debug, Default)]
pub(crate) struct Done {
    groups: AtomicU64,
    requests: AtomicU64,
    files: AtomicU64,
    timeouts: AtomicU64,
    panics: AtomicU64,
    races: AtomicU64,
    signals: AtomicU64,
    stuck: AtomicU64,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        write!(
            f,
            "{} failing groups, {} requests, {} files, {} timeouts, {} panics, {} races, {} signals, {} stuck polls",
            n(&self.groups),
            n(&self.requests),
            n(&self.files),
            n(&self.timeouts),
            n(&self.panics),
            n(&self.races),
            n(&self.signals),
            n(&self.stuck)
        )
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

/// Plays all scenes for this long, and returns when everything in them has ended.
pub(crate) fn play(length: Duration) -> Done {
    let done = Done::default();
    let directory = TempDir::new().expect("a directory");
    let listener = TcpListener::bind("127.0.0.1:0").block().expect("a port");
    let signals = listen(SignalKind::user_defined1()).expect("a signal");
    all(length, &done, directory.path(), &listener, &signals);
    done
}

#[vthread]
fn all(
    length: Duration,
    done: &Done,
    directory: &Path,
    listener: &TcpListener,
    signals: &Listener,
) {
    let end = Instant::now() + length;
    let server = listener.local_addr().expect("an address");
    group!(name = "soak" => {
        spawn!(service => { serve(listener); });
        for i in 0..4 {
            spawn! { while Instant::now() < end { fails(i, done); } };
            spawn! { while Instant::now() < end { asks(server, i, done); } };
            spawn! { while Instant::now() < end { times_out(i, done); } };
            spawn! { while Instant::now() < end { uses_files(directory, i, done); } };
            spawn! { while Instant::now() < end { races(i, done); } };
        }
        spawn! { while Instant::now() < end { takes_turns(); } };
        spawn! { while Instant::now() < end { panics(done); } };
        spawn! { while Instant::now() < end { is_signalled(signals, done); } };
        spawn! { while Instant::now() < end { is_stuck(done); } };
        spawn! { while Instant::now() < end { is_called_from_threads(done); } };
    });
}

/// Echoes, and hangs up on every third client with unread bytes, which resets the connection.
#[vthread]
fn serve(listener: &TcpListener) {
    group! {
        let mut n = 0_u32;
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    n += 1;
                    let hangs_up = n.is_multiple_of(3);
                    spawn! { let _ = echo(stream, hangs_up); }
                }
                Err(error) => eprintln!("not accepted: {error}"),
            }
        }
    }
}

#[vthread]
fn echo(mut stream: TcpStream, hangs_up: bool) -> io::Result<()> {
    let mut buffer = vec![0; if hangs_up { 16 } else { 4096 }];
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 || hangs_up {
            return Ok(());
        }
        stream.write_all(&buffer[..n])?;
    }
}

/// Some of the connections are reset.
#[vthread]
fn asks(server: SocketAddr, i: u64, done: &Done) {
    group! {
        for _ in 0..8 {
            spawn! {
                if ask(server, i).is_ok() {
                    count(&done.requests);
                }
            };
        }
    }
}

#[vthread]
fn ask(server: SocketAddr, i: u64) -> io::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    let asked = vec![i as u8; 10_000];
    let mut other = stream.try_clone()?;
    let answer = group! {
        let asked = &asked;
        spawn! { other.write_all(asked)?; }
        let mut answer = vec![0; asked.len()];
        stream.read_exact(&mut answer)?;
        answer
    }?;
    assert!(answer == asked);
    Ok(())
}

/// A tree of children, one of which fails.
#[vthread]
fn fails(i: u64, done: &Done) {
    let mut random = Random(i + done.groups.load(Ordering::Relaxed));
    let failing = random.below(20);
    let result: Result<(), u64> = nested(failing);
    assert_eq!(result, Err(failing));
    count(&done.groups);
}

#[vthread]
fn nested(failing: u64) -> Result<(), u64> {
    let lock = Mutex::new(0);
    group! {
        for child in 0..20 {
            let lock = &lock;
            spawn! {
                *lock.lock() += 1;
                group! {
                    spawn!(service => { sleep(Duration::from_secs(3600)); });
                    spawn! { yield_now(); };
                    yield_now();
                }?;
                if child == failing {
                    return Err(child);
                }
                sleep(Duration::from_secs(3600));
            };
        }
    }
}

/// Waits of all kinds that are cut short.
#[vthread]
fn times_out(i: u64, done: &Done) {
    let limit = Duration::from_millis(1 + i);
    let (tx, rx) = channel::<u32>(1);
    let lock = Mutex::new(());
    let guard = lock.lock();
    let received = timeout!(limit => rx.recv());
    assert!(received.is_err());
    let locked = timeout!(limit => { let _ = lock.lock(); });
    assert!(locked.is_err());
    // It may have completed before the timeout takes effect.
    let _ = timeout!(limit => blocking(move || std::thread::sleep(limit * 2)));
    drop(guard);
    tx.send(7).expect("a receiver");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let accepted = timeout!(limit => { let _ = listener.accept(); });
    assert!(accepted.is_err());
    count(&done.timeouts);
}

#[vthread]
fn uses_files(directory: &Path, i: u64, done: &Done) {
    let path = directory.join(format!("file-{i}"));
    let bytes = vec![i as u8; 300_000];
    fs::write(&path, &bytes).expect("it is written");
    assert!(fs::read(&path).expect("it is read") == bytes);
    let cut_short = timeout!(Duration::from_millis(2) => { let _ = fs::read("/dev/zero"); });
    assert!(cut_short.is_err());
    let sum: u64 = blocking_scoped(|| bytes.iter().map(|byte| u64::from(*byte)).sum());
    assert_eq!(sum, i * 300_000);
    fs::remove_file(&path).expect("it is removed");
    count(&done.files);
}

/// The values that the losers might have taken are still there.
#[vthread]
fn races(i: u64, done: &Done) {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..4 + i).map(|_| unbounded()).unzip();
    for sender in &senders {
        sender.try_send(i).expect("a receiver");
    }
    let won = race!(for receiver in &receivers => receiver.recv());
    assert_eq!(won.ok(), Some(i));
    let mut rest = 0;
    drop(senders);
    while recv_any(&receivers).is_ok() {
        rest += 1;
    }
    assert_eq!(rest, 3 + i, "a loser has taken a message");
    count(&done.races);
}

/// A vthread waits for a lock that another holds, without a limit: the deadlock watchdog examines
/// it.
#[vthread]
fn takes_turns() {
    let lock = Mutex::new(());
    group! {
        for _ in 0..2 {
            spawn! {
                let _turn = lock.lock();
                sleep(Duration::from_millis(5));
            };
        }
    }
}

/// A panic in a child, caught by plain code.
#[vthread]
fn panics(done: &Done) {
    let caught = std::panic::catch_unwind(|| {
        a_child_panics();
    });
    assert!(caught.is_err());
    count(&done.panics);
    sleep(Duration::from_millis(5));
}

#[vthread]
fn a_child_panics() {
    group! {
        spawn! { sleep(Duration::from_secs(3600)); };
        spawn! {
            yield_now();
            std::panic::resume_unwind(Box::new("on purpose"));
        };
    }
}

#[vthread]
fn is_signalled(signals: &Listener, done: &Done) {
    blocking(|| {
        let me = std::process::id().to_string();
        let status = Command::new("kill").args(["-USR1", &me]).status();
        assert!(status.is_ok_and(|status| status.success()));
    });
    signals.recv();
    count(&done.signals);
    sleep(Duration::from_millis(50));
}

/// A poll that takes much too long, and one that blocks in a closure.
#[vthread]
fn is_stuck(done: &Done) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(30) {
        std::hint::spin_loop();
    }
    yield_now();
    let wait = || sleep(Duration::from_millis(5));
    wait();
    count(&done.stuck);
    sleep(Duration::from_millis(50));
}

/// Plain threads that call vthread functions, while a vthread waits for them.
#[vthread]
fn is_called_from_threads(done: &Done) {
    blocking_scoped(|| {
        std::thread::scope(|scope| {
            for i in 0..3 {
                scope.spawn(move || fails(i, done));
            }
        });
    });
    sleep(Duration::from_millis(20));
}
