//! The clock of a test.

use std::thread;
use std::time::Instant;
use vthread::prelude::*;
use vthread::sync::{Condvar, Mutex, Semaphore, channel};
use vthread::testing::{advance, elapsed, seed, spawned, wait_until_idle};
use vthread::time::{Duration, Timer, interval, now, sleep, sleep_until, until};

const SECOND: Duration = Duration::from_secs(1);

#[vthread::test(virtual_time)]
fn an_hour_of_retries_takes_no_time() {
    let real = Instant::now();
    let n_tries = Mutex::new(0);
    group! {
        for _ in 0..10 {
            spawn! {
                for _ in 0..3600 {
                    sleep(SECOND);
                    *n_tries.lock() += 1;
                }
            }
        }
    }
    assert_eq!(n_tries.into_inner(), 36_000);
    assert_eq!(elapsed(), 3600 * SECOND);
    assert!(real.elapsed() < 600 * SECOND);
}

#[vthread::test(virtual_time)]
fn everything_that_waits_for_a_time_follows() {
    assert!(timeout!(100 * SECOND => { sleep(1000 * SECOND) }).is_err());
    assert_eq!(elapsed(), 100 * SECOND);
    let (_sender, receiver) = channel::<u32>(1);
    assert!(receiver.recv_timeout(50 * SECOND).is_err());
    assert_eq!(elapsed(), 150 * SECOND);
    let mut ticks = interval(60 * SECOND);
    ticks.tick();
    ticks.tick();
    assert_eq!(elapsed(), 210 * SECOND);
    let mut timer = Timer::after(10 * SECOND);
    timer.wait();
    timer.reset(20 * SECOND);
    assert!(!timer.is_over());
    timer.wait();
    assert!(timer.is_over());
    assert_eq!(elapsed(), 240 * SECOND);
    let start = now();
    sleep_until(start + 5 * SECOND);
    assert_eq!((now() - start, until(start)), (5 * SECOND, Duration::ZERO));
    let (place, changed) = (Mutex::new(()), Condvar::new());
    let guard = place.lock();
    let (guard, result) = changed.wait_timeout_while(guard, 7 * SECOND, |()| true);
    assert!(result.timed_out());
    drop(guard);
    assert_eq!(elapsed(), 252 * SECOND);
}

#[vthread::test(virtual_time)]
fn a_time_limit_is_an_instant_of_that_clock() {
    let end = now() + 100 * SECOND;
    for _ in 0..2 {
        assert!(timeout!(end => sleep(1000 * SECOND)).is_err());
        assert_eq!(elapsed(), 100 * SECOND);
    }
    let value = timeout!(now() + 10 * SECOND => { sleep(10 * SECOND / 2); 3 });
    assert_eq!((value, elapsed()), (Ok(3), 105 * SECOND));
    let outer = timeout!(now() + 10 * SECOND => {
        let inner = timeout!(now() + 20 * SECOND => sleep(30 * SECOND));
        inner
    });
    assert!(outer.is_err());
    assert_eq!(elapsed(), 115 * SECOND);
}

/// The time limit does not end what computes, however slow the machine is.
#[vthread::test(virtual_time)]
fn time_stands_still_while_a_vthread_can_run() {
    let end = Instant::now() + Duration::from_millis(20);
    let n = timeout!(Duration::from_millis(1) => {
        let mut n = 0_u64;
        loop {
            vthread::yield_now();
            n += 1;
            if Instant::now() >= end {
                break n;
            }
        }
    });
    assert!(n.unwrap() > 0);
    assert_eq!(elapsed(), Duration::ZERO);
}

#[vthread::test(virtual_time)]
fn time_can_be_moved_by_hand() {
    let times = Mutex::new(Vec::new());
    group! {
        spawn!(service => {
            loop {
                sleep(10 * SECOND);
                times.lock().push(elapsed());
            }
        });
        wait_until_idle();
        assert_eq!(elapsed(), Duration::ZERO);
        advance(35 * SECOND);
        assert_eq!(elapsed(), 35 * SECOND);
        assert_eq!(*times.lock(), [10 * SECOND, 20 * SECOND, 30 * SECOND]);
        advance(Duration::from_micros(1_500));
        assert_eq!(elapsed(), 35 * SECOND + Duration::from_micros(1_500));
    }
}

#[vthread::test(virtual_time)]
fn idle_is_when_no_other_can_run() {
    let (sender, receiver) = channel(100);
    let room = Semaphore::new(1);
    group! {
        for n in 0..10 {
            let (sender, room) = (sender.clone(), &room);
            spawn! {
                let _permit = room.acquire();
                for _ in 0..n {
                    vthread::yield_now();
                }
                sender.send(n).unwrap();
            }
        }
        assert_eq!(spawned(), 10);
        wait_until_idle();
        assert_eq!(spawned(), 0);
        assert_eq!(receiver.len(), 10);
    }
    assert_eq!(seed(), 0);
}

#[vthread::test(virtual_time)]
fn everything_runs_on_the_thread_of_the_test() {
    let own = thread::current().id();
    group! {
        for _ in 0..5 {
            spawn! {
                sleep(SECOND);
                assert_eq!(thread::current().id(), own);
            }
        }
    }
}

#[vthread::test(virtual_time)]
fn the_grace_of_a_group_follows() {
    let has_cleaned = Mutex::new(false);
    let ended = group!(grace = 100 * SECOND => {
        timeout!(SECOND => {
            defer! {
                sleep(99 * SECOND);
                *has_cleaned.lock() = true;
            }
            sleep(Duration::MAX);
        })
    });
    assert!(ended.is_err());
    assert!(has_cleaned.into_inner());
    assert_eq!(elapsed(), 100 * SECOND);
}

#[test]
#[should_panic(expected = "`vthread::testing::advance` is for tests with a time of their own")]
fn an_ordinary_clock_is_not_moved() {
    advance(SECOND);
}
