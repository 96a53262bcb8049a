//! The workloads on vthread. Each runs in a spawned child, so that it starts on a worker.

use std::hint::black_box;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::sleep;
use vthread::yield_now;

use super::{
    BATCH, CALLS, CANCELLED, CROWD, DEPTH, FIBONACCI, LEAVES, PAUSES, ROUND_TRIPS, SLEEPERS,
    SPAWNS, TURNS, WARM_UP_SPAWNS, Workload,
};
use crate::measure::{Stopwatch, resident_bytes, tell_growth, tell_listening};

/// Runs one repetition and prints its result.
#[vthread]
pub(crate) fn run(workload: Workload) {
    group! {
        spawn! { repetition(workload); }
    }
}

#[vthread]
fn repetition(workload: Workload) {
    match workload {
        Workload::SpawnJoin => {
            black_box(spawn_join(WARM_UP_SPAWNS));
            let watch = Stopwatch::start();
            black_box(spawn_join(SPAWNS));
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Scope => {
            scope(WARM_UP_SPAWNS, BATCH);
            let watch = Stopwatch::start();
            scope(SPAWNS, BATCH);
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Crowd => {
            scope(SPAWNS, SPAWNS);
            let watch = Stopwatch::start();
            scope(SPAWNS, SPAWNS);
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Context => {
            context(WARM_UP_SPAWNS);
            let watch = Stopwatch::start();
            context(SPAWNS);
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Skynet => {
            let sum = LEAVES * (LEAVES - 1) / 2;
            assert_eq!(skynet(0, LEAVES), sum);
            let watch = Stopwatch::start();
            assert_eq!(skynet(0, LEAVES), sum);
            watch.tell_ns_each(LEAVES as usize);
        }
        Workload::Yield => {
            yields();
            let watch = Stopwatch::start();
            yields();
            watch.tell_ns_each(CROWD * TURNS);
        }
        Workload::PingPong => {
            pingpong(ROUND_TRIPS / 10);
            let watch = Stopwatch::start();
            pingpong(ROUND_TRIPS);
            watch.tell_ns_each(ROUND_TRIPS);
        }
        Workload::Mutex => {
            mutex();
            let watch = Stopwatch::start();
            mutex();
            watch.tell_ns_each(CROWD * TURNS);
        }
        Workload::Recursion => {
            assert_eq!(fibonacci(16), 987);
            let watch = Stopwatch::start();
            black_box(fibonacci(black_box(FIBONACCI)));
            watch.tell_ns_each(CALLS);
        }
        Workload::Deep => {
            deep(DEPTH, 1);
            let watch = Stopwatch::start();
            deep(DEPTH, PAUSES);
            watch.tell_ns_each(PAUSES);
        }
        Workload::Echo | Workload::EchoOpen => echo_server(),
        Workload::Cancel => {
            cancel();
            cancel().tell_ns_each(CANCELLED);
        }
        Workload::Sleepers => sleepers(),
    }
}

#[vthread]
fn spawn_join(n: usize) -> u64 {
    let mut sum = 0;
    for batch in 0..n / BATCH {
        group! {
            let mut tasks = Vec::with_capacity(BATCH);
            for i in 0..BATCH {
                let x = (batch * BATCH + i) as u64;
                tasks.push(spawn! { black_box(x) });
            }
            for task in tasks {
                sum += task.join();
            }
        }
    }
    sum
}

#[vthread]
fn scope(n: usize, size: usize) {
    for batch in 0..n / size {
        group! {
            for i in 0..size {
                let x = (batch * size + i) as u64;
                spawn! { black_box(x); }
            }
        }
    }
}

context_var! {
    static BATCH_NUMBER: usize = 0;
}

#[vthread]
fn context(n: usize) {
    for batch in 0..n / BATCH {
        bind!(BATCH_NUMBER = batch => {
            group! {
                for _ in 0..BATCH {
                    spawn! { black_box(BATCH_NUMBER.get()); }
                }
            }
        });
    }
}

#[vthread]
fn skynet(first: u64, n_leaves: u64) -> u64 {
    if n_leaves == 1 {
        return first;
    }
    let share = n_leaves / 10;
    group! {
        let mut tasks = Vec::with_capacity(10);
        for i in 0..10 {
            tasks.push(spawn! { skynet(first + i * share, share) });
        }
        let mut sum = 0;
        for task in tasks {
            sum += task.join();
        }
        sum
    }
}

#[vthread]
fn yields() {
    group! {
        for _ in 0..CROWD {
            spawn! {
                for _ in 0..TURNS {
                    yield_now();
                }
            }
        }
    }
}

#[vthread]
fn pingpong(n: usize) {
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

#[vthread]
fn mutex() {
    let total = Mutex::new(0);
    group! {
        for _ in 0..CROWD {
            spawn! {
                for _ in 0..TURNS {
                    *total.lock() += 1;
                }
            }
        }
    }
    assert_eq!(total.into_inner(), CROWD * TURNS);
}

#[vthread]
fn fibonacci(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    fibonacci(n - 1) + fibonacci(n - 2)
}

#[vthread]
fn deep(depth: usize, n_pauses: usize) {
    if depth > 0 {
        deep(depth - 1, n_pauses);
    } else {
        for _ in 0..n_pauses {
            yield_now();
        }
    }
}

#[vthread]
fn echo_server() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    tell_listening(listener.local_addr().expect("an address").port());
    group! {
        loop {
            let (stream, _) = listener.accept().expect("a connection");
            stream.set_nodelay(true).expect("a TCP socket");
            spawn! { echo(stream); }
        }
    }
}

#[vthread]
fn echo(mut stream: TcpStream) {
    let mut buffer = [0; 1024];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(n) => {
                if stream.write_all(&buffer[..n]).is_err() {
                    break;
                }
            }
        }
    }
}

/// Returns the clock over the cancellation, which it has started.
#[vthread]
fn cancel() -> Stopwatch {
    let started = AtomicUsize::new(0);
    group!(sleeping => {
        for _ in 0..CANCELLED {
            spawn! {
                started.fetch_add(1, Ordering::AcqRel);
                sleep(Duration::from_secs(60));
            }
        }
        while started.load(Ordering::Acquire) < CANCELLED {
            sleep(Duration::from_millis(2));
        }
        sleep(Duration::from_millis(50));
        let watch = Stopwatch::start();
        sleeping.cancel();
        watch
    })
}

#[vthread]
fn sleepers() {
    let before = resident_bytes();
    let started = AtomicUsize::new(0);
    group! {
        for _ in 0..SLEEPERS {
            spawn! {
                started.fetch_add(1, Ordering::AcqRel);
                sleep(Duration::from_secs(60));
            }
        }
        while started.load(Ordering::Acquire) < SLEEPERS {
            sleep(Duration::from_millis(2));
        }
        tell_growth(before, SLEEPERS);
        // The sleepers are not joined.
        process::exit(0);
    }
}
