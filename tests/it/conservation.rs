//! Nothing is lost to those who are cancelled while they wait: no message, no lock, no permit, no connection.
//!
//! Many *attempts* at one operation are each cancelled at a random instant, in one of four ways, beside residents who
//! do the same operation undisturbed. In the end the books must balance, and the residents must have got through.
//!
//! `VTHREAD_CANCELLATIONS` says how many waits are cancelled by each test, 20,000 if it is not set; `VTHREAD_SEED`
//! repeats the decisions of a run, whose seed is printed.

use std::net::Ipv4Addr;
use std::sync::Mutex as PlainMutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::{Mutex, Receiver, RwLock, Semaphore, Sender, channel};
use vthread::time::Duration;
use vthread::yield_now;

/// How many attempts are under way at a time.
const AT_A_TIME: usize = 8;

/// One operation, and what is done with what it gives.
#[vthread]
trait Attempt: Sync {
    fn attempt(&self, counts: &Counts, random: u64);
}

/// Attempts whose operation has begun, and those in which it took effect.
#[derive(Default)]
struct Counts {
    n_begun: AtomicUsize,
    n_done: AtomicUsize,
}

impl Counts {
    fn begin(&self) {
        self.n_begun.fetch_add(1, Ordering::SeqCst);
    }

    fn done(&self) {
        self.n_done.fetch_add(1, Ordering::SeqCst);
    }

    /// Without those that are under way.
    fn n_cancelled(&self) -> usize {
        let n_done = self.n_done.load(Ordering::SeqCst);
        let n_begun = self.n_begun.load(Ordering::SeqCst);
        n_begun.saturating_sub(n_done + AT_A_TIME)
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[vthread]
fn pause(turns: u64) {
    for _ in 0..turns {
        yield_now();
    }
}

#[vthread]
fn cancelled_as_a_task<A: Attempt>(what: &A, counts: &Counts, random: u64, turns: u64) {
    group! {
        let task = spawn! { what.attempt(counts, random) };
        pause(turns);
        task.cancel();
    }
}

#[vthread]
fn cancelled_by_a_failure<A: Attempt>(
    what: &A,
    counts: &Counts,
    random: u64,
    turns: u64,
) -> Result<(), u64> {
    group! {
        spawn! { what.attempt(counts, random) }
        pause(turns);
        Err::<(), _>(turns)?;
    }
}

#[vthread]
fn disturb<A: Attempt>(what: &A, counts: &Counts, random: u64) {
    let turns = (random >> 8) % 6;
    match random % 16 {
        0..=5 => cancelled_as_a_task(what, counts, random, turns),
        6..=10 => assert!(cancelled_by_a_failure(what, counts, random, turns).is_err()),
        11..=14 => select! {
            _ = what.attempt(counts, random) => {}
            _ = pause(turns) => {}
        },
        _ => {
            let time = Duration::from_micros(turns * 300);
            let _ = timeout!(time => { what.attempt(counts, random) });
        }
    }
}

/// Disturbs until as many waits have been cancelled as are asked for; says how many were and how many were not.
#[vthread]
fn storm<A: Attempt>(what: &A, seed: u64, n: usize) -> (usize, usize) {
    let counts = Counts::default();
    group! {
        for lane in 0..AT_A_TIME as u64 {
            let counts = &counts;
            spawn! {
                let mut random = Random(seed ^ (lane << 32));
                while counts.n_cancelled() < n {
                    disturb(what, counts, random.next());
                }
            }
        }
    }
    let n_done = counts.n_done.into_inner();
    (counts.n_begun.into_inner() - n_done, n_done)
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name}={text:?} is not a number")))
}

/// Runs `test` with a seed and a number of cancellations; it gives how many there were, and how many attempts
/// were not cancelled.
fn conserved(what: &str, test: impl FnOnce(u64, usize) -> (usize, usize)) {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number("VTHREAD_SEED").unwrap_or_else(|| now().as_nanos() as u64);
    let n = number("VTHREAD_CANCELLATIONS").unwrap_or(20_000) as usize;
    println!("VTHREAD_SEED={seed} VTHREAD_CANCELLATIONS={n}");
    let start = Instant::now();
    let (n_cancelled, n_done) = test(seed, n);
    let took = start.elapsed();
    println!("{what}: {n_cancelled} cancelled, {n_done} done, in {took:.1?}");
    assert!(n_cancelled >= n);
}

/// Each message is received once, or is still in the channel; a message whose sending was cancelled is not.
mod messages {
    use super::*;

    struct Receive<'a> {
        rx: Receiver<u64>,
        received: &'a PlainMutex<Vec<u64>>,
    }

    #[vthread]
    impl Attempt for Receive<'_> {
        fn attempt(&self, counts: &Counts, _random: u64) {
            counts.begin();
            let message = self.rx.recv().unwrap();
            self.received.lock().unwrap().push(message);
            counts.done();
        }
    }

    struct Send<'a> {
        tx: Sender<u64>,
        next: AtomicU64,
        sent: &'a PlainMutex<Vec<u64>>,
    }

    #[vthread]
    impl Attempt for Send<'_> {
        fn attempt(&self, counts: &Counts, _random: u64) {
            let message = self.next.fetch_add(1, Ordering::SeqCst);
            counts.begin();
            self.tx.send(message).unwrap();
            self.sent.lock().unwrap().push(message);
            counts.done();
        }
    }

    fn sorted(messages: PlainMutex<Vec<u64>>) -> Vec<u64> {
        let mut messages = messages.into_inner().unwrap();
        messages.sort_unstable();
        messages
    }

    #[vthread]
    fn receive(seed: u64, n: usize) -> (usize, usize) {
        let (received, n_sent) = (PlainMutex::new(Vec::new()), AtomicU64::new(0));
        let (tx, rx) = channel(1 + seed as usize % 4);
        let what = Receive {
            rx: rx.clone(),
            received: &received,
        };
        let is_over = AtomicBool::new(false);
        let result = group! {
            spawn! {
                while !is_over.load(Ordering::SeqCst) {
                    tx.send(n_sent.load(Ordering::SeqCst)).unwrap();
                    n_sent.fetch_add(1, Ordering::SeqCst);
                    pause(seed % 3);
                }
                drop(tx);
            }
            let result = storm(&what, seed, n);
            is_over.store(true, Ordering::SeqCst);
            // Whoever waits to send gets room.
            for message in rx {
                received.lock().unwrap().push(message);
            }
            result
        };
        let all: Vec<u64> = (0..n_sent.into_inner()).collect();
        assert!(sorted(received) == all);
        result
    }

    #[vthread]
    fn send(seed: u64, n: usize) -> (usize, usize) {
        let (sent, received) = (PlainMutex::default(), PlainMutex::new(Vec::new()));
        let (tx, rx) = channel(1 + seed as usize % 4);
        let what = Send {
            tx,
            next: AtomicU64::new(0),
            sent: &sent,
        };
        let result = group! {
            spawn! {
                for message in rx {
                    received.lock().unwrap().push(message);
                    pause(seed % 3);
                }
            }
            let result = storm(&what, seed, n);
            drop(what);
            result
        };
        assert!(sorted(sent) == sorted(received));
        result
    }

    #[test]
    fn a_receiver_loses_none() {
        conserved("receivers", receive);
    }

    #[test]
    fn a_sender_loses_none() {
        conserved("senders", send);
    }
}

/// The lock is free in the end, and everybody who had it has left a trace.
mod locks {
    use super::*;

    struct Lock<'a>(&'a Mutex<usize>);

    #[vthread]
    impl Attempt for Lock<'_> {
        fn attempt(&self, counts: &Counts, random: u64) {
            counts.begin();
            let mut guard = self.0.lock();
            *guard += 1;
            counts.done();
            // It may be cancelled while it has the lock.
            pause(random >> 16 & 1);
        }
    }

    #[vthread]
    fn lock(seed: u64, n: usize) -> (usize, usize) {
        let (lock, n_resident) = (Mutex::new(0), AtomicUsize::new(0));
        let result = group! {
            for _ in 0..2 {
                spawn!(service => {
                    loop {
                        let mut guard = lock.lock();
                        *guard += 1;
                        n_resident.fetch_add(1, Ordering::SeqCst);
                        pause(2);
                    }
                });
            }
            let result = storm(&Lock(&lock), seed, n);
            // Whoever waits from now on gets it.
            for _ in 0..100 {
                *lock.lock() += 1;
            }
            result
        };
        let count = *lock.try_lock().expect("it is free");
        assert_eq!(count, 100 + result.1 + n_resident.into_inner());
        result
    }

    struct Either<'a>(&'a RwLock<usize>, AtomicUsize);

    #[vthread]
    impl Attempt for Either<'_> {
        fn attempt(&self, counts: &Counts, random: u64) {
            counts.begin();
            if (random >> 16).is_multiple_of(3) {
                let mut guard = self.0.write();
                *guard += 1;
                self.1.fetch_add(1, Ordering::SeqCst);
                counts.done();
                pause(random >> 20 & 1);
            } else {
                let _guard = self.0.read();
                counts.done();
                pause(random >> 20 & 1);
            }
        }
    }

    #[vthread]
    fn read_or_write(seed: u64, n: usize) -> (usize, usize) {
        let (lock, n_resident) = (RwLock::new(0), AtomicUsize::new(0));
        let what = Either(&lock, AtomicUsize::new(0));
        let result = group! {
            spawn!(service => {
                loop {
                    let mut guard = lock.write();
                    *guard += 1;
                    n_resident.fetch_add(1, Ordering::SeqCst);
                    pause(2);
                }
            });
            let result = storm(&what, seed, n);
            for _ in 0..100 {
                *lock.write() += 1;
            }
            result
        };
        let written = 100 + what.1.into_inner() + n_resident.into_inner();
        assert_eq!(*lock.try_write().expect("it is free"), written);
        result
    }

    #[test]
    fn a_waiter_loses_none() {
        conserved("lock waiters", lock);
    }

    #[test]
    fn readers_and_writers_lose_none() {
        conserved("readers and writers", read_or_write);
    }
}

/// All permits are there in the end, and no more were out than there are.
mod permits {
    use super::*;

    const PERMITS: usize = 3;

    struct Acquire<'a> {
        semaphore: &'a Semaphore,
        n_out: AtomicUsize,
    }

    #[vthread]
    impl Attempt for Acquire<'_> {
        fn attempt(&self, counts: &Counts, random: u64) {
            let n = 1 + (random >> 16) as usize % PERMITS;
            counts.begin();
            let permit = self.semaphore.acquire_many(n);
            counts.done();
            let n_before = self.n_out.fetch_add(n, Ordering::SeqCst);
            assert!(n_before + n <= PERMITS);
            self.n_out.fetch_sub(n, Ordering::SeqCst);
            pause(random >> 20 & 1);
            drop(permit);
        }
    }

    #[vthread]
    fn acquire(seed: u64, n: usize) -> (usize, usize) {
        let semaphore = Semaphore::new(PERMITS);
        let what = Acquire {
            semaphore: &semaphore,
            n_out: AtomicUsize::new(0),
        };
        let result = group! {
            for n in 1..=PERMITS {
                let semaphore = &semaphore;
                spawn!(service => {
                    loop {
                        let _permit = semaphore.acquire_many(n);
                        pause(1);
                    }
                });
            }
            let result = storm(&what, seed, n);
            for _ in 0..100 {
                drop(semaphore.acquire_many(PERMITS));
            }
            result
        };
        assert_eq!(semaphore.available_permits(), PERMITS);
        result
    }

    #[test]
    fn a_waiter_loses_none() {
        conserved("permit waiters", acquire);
    }
}

/// Every client is accepted once.
mod connections {
    use super::*;

    struct Accept<'a> {
        listener: &'a TcpListener,
        n_accepted: AtomicUsize,
    }

    #[vthread]
    impl Attempt for Accept<'_> {
        fn attempt(&self, counts: &Counts, _random: u64) {
            counts.begin();
            let (mut stream, _) = self.listener.accept().unwrap();
            self.n_accepted.fetch_add(1, Ordering::SeqCst);
            counts.done();
            // The client waits for this, whatever becomes of who has accepted it.
            shield! { stream.write_all(b"!").unwrap() }
        }
    }

    /// Connects, and is answered.
    #[vthread]
    fn connect(listener: &TcpListener) {
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut answer = [0];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"!");
    }

    #[vthread]
    fn accept(seed: u64, n: usize) -> (usize, usize) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let what = Accept {
            listener: &listener,
            n_accepted: AtomicUsize::new(0),
        };
        let (is_over, n_connected) = (AtomicBool::new(false), AtomicUsize::new(0));
        let n_last = AtomicUsize::new(0);
        let result = group! {
            for _ in 0..2 {
                spawn! {
                    while !is_over.load(Ordering::SeqCst) {
                        connect(&listener);
                        n_connected.fetch_add(1, Ordering::SeqCst);
                        // Few enough, so that accepting mostly means waiting.
                        vthread::time::sleep(Duration::from_millis(1));
                    }
                }
            }
            let result = storm(&what, seed, n);
            is_over.store(true, Ordering::SeqCst);
            // Those that are on their way still.
            spawn!(service => {
                loop {
                    let (mut stream, _) = listener.accept().unwrap();
                    n_last.fetch_add(1, Ordering::SeqCst);
                    shield! { stream.write_all(b"!").unwrap() }
                }
            });
            result
        };
        let n_accepted = what.n_accepted.into_inner() + n_last.into_inner();
        assert_eq!(n_accepted, n_connected.into_inner());
        result
    }

    #[test]
    fn a_timed_accept_loses_none() {
        conserved("timed accepts", accept);
    }
}
