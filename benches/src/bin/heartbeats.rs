//! How late vthreads are beside stuck polls: a thousand heartbeats of 10 ms, and as many vthreads
//! as there are workers that compute without giving way.
//!
//! ```text
//! cargo run --release -p vthread-benches --bin heartbeats
//! ```
//!
//! It prints the lateness of the beats: beside nothing, beside polls of 50 ms, one after the other,
//! and beside polls that do not end. Beside stuck polls 99 of 100 beats should be less than 25 ms
//! late, on a machine with nothing else to do.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::Mutex;
use vthread::time::sleep;
use vthread::yield_now;

const HEARTS: usize = 1000;
const BEATS: usize = 300;
const BEAT: Duration = Duration::from_millis(10);

/// Notes how much later than after a beat it goes on.
#[vthread]
fn heart(lateness: &Mutex<Vec<Duration>>) {
    let mut own = Vec::with_capacity(BEATS);
    for _ in 0..BEATS {
        let begin = Instant::now();
        sleep(BEAT);
        own.push(begin.elapsed().saturating_sub(BEAT));
    }
    lateness.lock().extend(own);
}

/// Computes in polls of that length.
#[vthread]
fn compute(poll: Duration, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        let begin = Instant::now();
        while begin.elapsed() < poll && !is_over.load(Ordering::Relaxed) {
            spin_loop();
        }
        yield_now();
    }
}

#[vthread]
fn run(poll: Option<Duration>) -> Vec<Duration> {
    let (lateness, is_over) = (Mutex::default(), AtomicBool::new(false));
    group! {
        for _ in 0..vthread::metrics().workers {
            if let Some(poll) = poll {
                spawn! { compute(poll, &is_over) }
            }
        }
        group! {
            for _ in 0..HEARTS {
                spawn! { heart(&lateness) }
            }
        }
        is_over.store(true, Ordering::Relaxed);
    }
    lateness.into_inner()
}

fn main() {
    let endless = Duration::from_secs(3600);
    for (beside, poll) in [
        ("nothing", None),
        ("polls of 50 ms", Some(Duration::from_millis(50))),
        ("endless polls", Some(endless)),
    ] {
        let mut lateness = run(poll);
        lateness.sort();
        let at = |share: usize| lateness[(lateness.len() - 1) * share / 1000].as_secs_f64() * 1e3;
        println!(
            "beside {beside}: {} beats, late by {:.1} ms (median), {:.1} ms (99 of 100), {:.1} ms \
             (999 of 1000), {:.1} ms (at most)",
            lateness.len(),
            at(500),
            at(990),
            at(999),
            at(1000),
        );
    }
}
