//! The order of a test with a seed.

use std::process::Command;
use std::sync::Mutex as StdMutex;
use vthread::prelude::*;
use vthread::sync::{Notify, channel};
use vthread::testing::{elapsed, seed};
use vthread::time::{Duration, sleep};

/// Each decision of a run, in order.
#[vthread]
fn trace() -> String {
    let trace = StdMutex::new(String::new());
    let note = |text: String| *trace.lock().unwrap() += &format!("{:?} {text}\n", elapsed());
    let notify = Notify::new();
    let (sender, receiver) = channel::<u32>(2);
    let note = &note;
    group! {
        for sending in 0..5 {
            let (sender, notify) = (sender.clone(), &notify);
            spawn! {
                for n in 0..5 {
                    sender.send(10 * sending + n).unwrap();
                    note(format!("{sending} has sent {n}"));
                    sleep(Duration::from_millis(u64::from(sending)));
                }
                notify.notify_one();
            }
        }
        drop(sender);
        spawn! {
            for n in receiver {
                note(format!("received {n}"));
            }
        }
        for _ in 0..3 {
            select! {
                _ = notify.notified() => note("notified".to_owned()),
                _ = sleep(Duration::from_millis(3)) => note("late".to_owned()),
            }
        }
        let won: Result<u32, vthread::Failures<()>> = race!(error = (), for n in 0..5 => {
            vthread::yield_now();
            Ok(n)
        });
        note(format!("{won:?} has won"));
    }
    trace.into_inner().unwrap()
}

static FIRST: StdMutex<Option<String>> = StdMutex::new(None);

/// A hundred runs, each in a world of its own.
#[test]
fn a_seed_repeats_a_run() {
    for _ in 0..100 {
        with_seed_7();
    }
    let first = FIRST.lock().unwrap().take();
    assert!(first.is_some());
}

#[vthread::test(seed = 7)]
fn with_seed_7() {
    let trace = trace();
    let mut first = FIRST.lock().unwrap();
    let first = first.get_or_insert_with(|| trace.clone());
    assert_eq!(*first, trace);
}

/// What begins the lines of a trace that is printed.
const MARK: &str = "trace: ";

/// For the test below, which runs it in processes of their own.
#[vthread::test(seeds = 3)]
#[ignore = "another test runs it"]
fn prints_its_trace() {
    println!();
    trace().lines().for_each(|line| println!("{MARK}{line}"));
}

#[test]
fn the_seed_that_a_failure_prints_repeats_it_in_another_process() {
    let run = |seed: u64| {
        let run = Command::new(std::env::current_exe().unwrap())
            .args([
                "testing::seeds::prints_its_trace",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env("VTHREAD_SEED", seed.to_string())
            .output()
            .unwrap();
        assert!(run.status.success(), "{run:?}");
        let text = String::from_utf8(run.stdout).unwrap();
        let lines = text.lines().filter(|line| line.starts_with(MARK));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let first = run(7);
    assert!(first.len() > 50, "{first:?}");
    for _ in 0..5 {
        assert_eq!(run(7), first);
    }
    assert_ne!(run(8), first);
}

static TRACES: StdMutex<Vec<String>> = StdMutex::new(Vec::new());

#[vthread::test(seeds = 30)]
fn other_seeds_are_other_runs() {
    let trace = trace();
    let mut traces = TRACES.lock().unwrap();
    assert_eq!(seed(), traces.len() as u64);
    traces.push(trace);
    if seed() == 29 {
        traces.sort_unstable();
        traces.dedup();
        assert!(traces.len() > 25, "{} orders", traces.len());
    }
}

/// Both may come between the looks at the two branches, as from another worker.
#[vthread::test(seeds = 200)]
#[should_panic(expected = "the order was lost")]
fn two_branches_are_not_looked_at_in_one_moment() {
    let (order, orders) = channel(1);
    let closing = Notify::new();
    group! {
        spawn! {
            order.send(1).unwrap();
            closing.notify_one();
        }
        select! {
            biased;
            _ = orders.recv() => {}
            () = closing.notified() => panic!("the order was lost"),
        }
    }
}
