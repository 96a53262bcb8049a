//! Sleeping, through the driver.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

#[derive(Default)]
struct Counter(AtomicUsize);
impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn poll_once(sleep: Pin<&mut Sleep>) -> Poll<()> {
    sleep.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn is_never_early() {
    crate::runtime::start();
    for micros in [1, 900, 1_000, 3_500] {
        let duration = Duration::from_micros(micros);
        let before = Instant::now();
        sleep(duration);
        assert!(before.elapsed() >= duration);
    }
}

#[test]
fn no_time_is_ready_at_once() {
    assert!(poll_once(std::pin::pin!(Sleep::for_duration(Duration::ZERO))).is_ready());
    assert!(poll_once(std::pin::pin!(Sleep::until(Instant::now()))).is_ready());
}

#[test]
fn for_ever_is_accepted() {
    let mut sleep = Box::pin(Sleep::for_duration(Duration::MAX));
    assert!(poll_once(sleep.as_mut()).is_pending());
    drop(sleep);
}

#[test]
fn a_sooner_alarm_ends_a_longer_wait() {
    crate::runtime::start();
    let mut long = Box::pin(Sleep::for_duration(Duration::from_secs(3600)));
    assert!(poll_once(long.as_mut()).is_pending());
    for _ in 0..if cfg!(miri) { 10 } else { 50 } {
        sleep(Duration::from_millis(1));
    }
}

#[test]
fn many_alarms_ring_and_many_are_cancelled() {
    const HALF: usize = if cfg!(miri) { 20 } else { 5_000 };
    crate::runtime::start();
    let counter = Arc::new(Counter::default());
    let waker = Waker::from(counter.clone());
    let mut sleeps: Vec<_> = (0..2 * HALF as u64)
        .map(|i| {
            Box::pin(Sleep::for_duration(Duration::from_millis(if i % 2 == 0 {
                5 + i % 7
            } else {
                60_000
            })))
        })
        .collect();
    // On a slow machine the first may be due before the last are set.
    let mut n_due = 0;
    for sleep in &mut sleeps {
        n_due += usize::from(
            sleep
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready(),
        );
    }
    while counter.0.load(Ordering::Relaxed) < HALF - n_due {
        std::thread::yield_now();
    }
    let n_rung = sleeps.iter().filter(|sleep| sleep.limit.has_rung()).count();
    assert_eq!(n_rung, HALF - n_due);
    drop(sleeps);
    drop(waker);
    assert_eq!(Arc::strong_count(&counter), 1);
}

#[test]
fn a_new_waker_is_the_one_that_is_woken() {
    crate::runtime::start();
    let (first, second) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
    let mut rewired = Box::pin(Sleep::for_duration(Duration::from_millis(20)));
    for counter in [&first, &second] {
        let waker = Waker::from(counter.clone());
        let polled = rewired.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_ready() {
            return; // This machine is too slow for the question.
        }
    }
    while second.0.load(Ordering::Relaxed) == 0 {
        std::thread::yield_now();
    }
    assert_eq!(first.0.load(Ordering::Relaxed), 0);
}
