//! Edge case 36: signals are latched, and a listener misses none. Each test has a kind of its own,
//! because signals reach the whole process.

use std::io;
use std::process::Command;
use std::time::Duration;
use vthread::blocking;
use vthread::prelude::*;
use vthread::signal::{SignalKind, listen, terminate};
use vthread::sync::{Receiver, channel};
use vthread::time::sleep;

/// Sends a signal, as a supervisor does.
fn send_to_self(name: &str) {
    let me = std::process::id().to_string();
    let status = Command::new("kill").args([name, &me]).status();
    assert!(status.unwrap().success());
}

#[vthread]
fn count_hangups() -> io::Result<u32> {
    let hangups = listen(SignalKind::hangup())?;
    blocking(|| send_to_self("-HUP"));
    let mut n = 0;
    for () in &hangups {
        n += 1;
        if n == 3 {
            break;
        }
        blocking(|| send_to_self("-HUP"));
    }
    Ok(n)
}

#[test]
fn r19_a_loop_over_a_listener_suspends() {
    assert_eq!(count_hangups().unwrap(), 3);
}

#[vthread]
fn work_until_told(jobs: &Receiver<u32>) -> io::Result<u32> {
    let reports = listen(SignalKind::user_defined1())?;
    let arrivals = listen(SignalKind::user_defined1())?;
    let mut done = 0;
    loop {
        select! {
            Ok(job) = jobs.recv() => {
                if job == 5 {
                    blocking(|| send_to_self("-USR1"));
                    // The system may take its time.
                    arrivals.recv();
                }
                done += 1;
            }
            () = reports.recv() => return Ok(done),
        }
    }
}

#[vthread]
fn work_on_until_told() -> io::Result<u32> {
    let (jobs, inbox) = channel(1);
    group! {
        spawn!(service => {
            for job in 0.. {
                let _ = jobs.send(job);
            }
        });
        work_until_told(&inbox)?
    }
}

#[test]
fn r19_a_signal_that_comes_while_a_branch_is_handled_is_received() {
    // The signal is seen when the fair choice falls on it.
    let done = work_on_until_told().unwrap();
    assert!((5..200).contains(&done), "{done}");
}

#[vthread]
fn wait_twice() -> io::Result<()> {
    for _ in 0..2 {
        select! {
            // It waits, so that the other branch begins to.
            () = sleep(Duration::from_millis(1)) => {}
            ended = terminate() => panic!("{ended:?}"),
        }
    }
    blocking(|| send_to_self("-TERM"));
    terminate()
}

#[test]
fn r19_a_signal_between_two_waits_ends_the_second() {
    wait_twice().unwrap();
}
