//! Cancel safety: a waiter that is cancelled loses no message, no byte, no lock, no permit and no
//! connection.
//!
//! Many *attempts* at one operation are each cancelled at a random instant, in one of four ways,
//! beside residents that do the same operation undisturbed. In the end the books must balance, and
//! the residents must have finished.
//!
//! `VTHREAD_CANCELLATIONS` sets how many waits each test cancels, 20,000 by default; `VTHREAD_SEED`
//! repeats the decisions of a run, which prints its seed.

mod bytes;
mod connections;
mod locks;
mod messages;
mod notices;
mod permits;
mod rendezvous;
mod single_messages;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use vthread::prelude::*;
use vthread::time::Duration;
use vthread::yield_now;

/// How many attempts are in progress at a time.
const AT_A_TIME: usize = 8;

/// One operation, and the use of its result.
#[vthread]
trait Attempt: Sync {
    fn attempt(&self, counts: &Counts, random: u64);
}

/// Attempts whose operation has begun, and attempts whose operation took effect.
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

    /// Without attempts in progress.
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

/// Disturbs until the requested number of waits is cancelled; returns how many were and how many
/// were not.
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

/// Runs `test` with a seed and a number of cancellations; it returns how many there were, and how
/// many attempts were not cancelled.
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
