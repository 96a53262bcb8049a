//! The hot paths. Each function does its operation about `n` times, on one worker.

use std::hint::black_box;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::sleep;
use vthread::{Task, yield_now};

/// The children that live at a time.
const BATCH: usize = 100;

/// A path: its name, and how often it is taken in the shorter of two runs.
pub(crate) struct Path {
    pub(crate) name: &'static str,
    pub(crate) times: usize,
    /// A timeline is recorded meanwhile.
    pub(crate) is_recorded: bool,
}

impl Path {
    /// What to take.
    pub(crate) fn way(&self) -> &'static str {
        self.name.strip_suffix("_recorded").unwrap_or(self.name)
    }
}

/// All paths, in the order of the record.
pub(crate) const PATHS: [Path; 15] = [
    path("spawn", 20_000),
    path("spawn_and_join", 20_000),
    path("recursive_spawn", 10_000),
    path("cancel_and_join", 10_000),
    path("yield", 50_000),
    path("ping_pong", 10_000),
    path("channel", 50_000),
    path("free_lock", 100_000),
    path("contended_lock", 20_000),
    path("select", 20_000),
    path("timeout", 20_000),
    path("call", 500_000),
    recorded("spawn_recorded", 80_000),
    recorded("yield_recorded", 150_000),
    recorded("ping_pong_recorded", 40_000),
];

const fn path(name: &'static str, times: usize) -> Path {
    Path {
        name,
        times,
        is_recorded: false,
    }
}

/// So often that the shorter run uses up the room for events: then the longer one takes as many
/// more as a program that runs on.
const fn recorded(name: &'static str, times: usize) -> Path {
    Path {
        is_recorded: true,
        ..path(name, times)
    }
}

/// Takes the path `name` for `n` times, in a child, so that a worker does it.
#[vthread]
pub(crate) fn take(name: &str, n: usize) -> Option<()> {
    group! {
        let taken = spawn! {
            match name {
                "spawn" => spawn(n),
                "spawn_and_join" => spawn_and_join(n),
                "recursive_spawn" => {
                    for _ in 0..n / BATCH {
                        black_box(recursive_spawn(0, BATCH as u64));
                    }
                }
                "cancel_and_join" => cancel_and_join(n),
                "yield" => yields(n),
                "ping_pong" => ping_pong(n),
                "channel" => stream(n),
                "free_lock" => free_lock(n),
                "contended_lock" => contended_lock(n),
                "select" => selects(n),
                "timeout" => timeouts(n),
                "call" => calls(n),
                _ => return None,
            }
            Some(())
        };
        taken.join()
    }
}

#[vthread]
fn spawn(n: usize) {
    for _ in 0..n / BATCH {
        group! {
            for i in 0..BATCH {
                spawn! { black_box(i); }
            }
        }
    }
}

#[vthread]
fn spawn_and_join(n: usize) {
    for _ in 0..n / BATCH {
        group! {
            let mut tasks = Vec::with_capacity(BATCH);
            for i in 0..BATCH {
                tasks.push(spawn! { black_box(i) });
            }
            for task in tasks {
                black_box(task.join());
            }
        }
    }
}

/// A tree of vthreads with two children each; `n` counts the leaves.
#[vthread]
fn recursive_spawn(first: u64, n_leaves: u64) -> u64 {
    if n_leaves == 1 {
        return first;
    }
    let share = n_leaves / 2;
    group! {
        let left = spawn! { recursive_spawn(first, share) };
        let right = spawn! { recursive_spawn(first + share, n_leaves - share) };
        left.join() + right.join()
    }
}

#[vthread]
fn cancel_and_join(n: usize) {
    for _ in 0..n / BATCH {
        group! {
            let mut tasks: Vec<Task<()>> = Vec::with_capacity(BATCH);
            for _ in 0..BATCH {
                tasks.push(spawn! { sleep(Duration::from_secs(3600)); });
            }
            yield_now();
            for task in &tasks {
                task.cancel();
            }
            for task in tasks {
                black_box(task.outcome());
            }
        }
    }
}

#[vthread]
fn yields(n: usize) {
    group! {
        for _ in 0..BATCH {
            spawn! {
                for _ in 0..n / BATCH {
                    yield_now();
                }
            }
        }
    }
}

/// Two vthreads and two channels with room for one message each.
#[vthread]
fn ping_pong(n: usize) {
    let (ping, pings) = channel::<u64>(1);
    let (pong, pongs) = channel::<u64>(1);
    group! {
        spawn!(move => {
            while let Ok(x) = pings.recv() {
                if pong.send(x + 1).is_err() {
                    break;
                }
            }
        });
        for i in 0..n {
            ping.send(i as u64).expect("the peer lives");
            black_box(pongs.recv().expect("the peer lives"));
        }
        drop(ping);
    }
}

/// A channel with room, so that few messages suspend.
#[vthread]
fn stream(n: usize) {
    let (tx, rx) = channel::<u64>(BATCH);
    group! {
        spawn!(move => {
            for i in 0..n {
                tx.send(i as u64).expect("the receiver lives");
            }
        });
        for x in rx {
            black_box(x);
        }
    }
}

#[vthread]
fn free_lock(n: usize) {
    let total = Mutex::new(0);
    for _ in 0..n {
        *total.lock() += 1;
    }
    assert_eq!(total.into_inner(), n);
}

/// Each holder suspends, so that all others wait.
#[vthread]
fn contended_lock(n: usize) {
    let total = Mutex::new(0);
    group! {
        for _ in 0..BATCH {
            spawn! {
                for _ in 0..n / BATCH {
                    let mut total = total.lock();
                    yield_now();
                    *total += 1;
                }
            }
        }
    }
}

#[vthread]
fn selects(n: usize) {
    let (tx, rx) = channel::<usize>(1);
    let (_never, nothing) = channel::<usize>(1);
    for i in 0..n {
        tx.send(i).expect("the receiver lives");
        select! {
            x = rx.recv() => { black_box(x.ok()); }
            x = nothing.recv() => { black_box(x.ok()); }
        }
    }
}

#[vthread]
fn timeouts(n: usize) {
    for i in 0..n {
        let number = timeout!(Duration::from_secs(3600) => {
            yield_now();
            i
        });
        black_box(number.ok());
    }
}

/// A call that never waits.
#[vthread]
fn calls(n: usize) {
    for i in 0..n {
        black_box(next(black_box(i)));
    }
}

#[vthread]
fn next(i: usize) -> usize {
    if i == usize::MAX {
        yield_now();
    }
    i + 1
}
