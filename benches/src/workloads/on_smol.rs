//! The workloads on smol. The threads of its global executor are as many as `SMOL_THREADS` says.

use std::hint::black_box;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use smol::future::yield_now;
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::lock::Mutex;
use smol::net::TcpListener;
use smol::{Task, Timer, channel, spawn};

use super::{
    BATCH, CANCELLED, CROWD, LEAVES, ROUND_TRIPS, SLEEPERS, SPAWNS, TURNS, WARM_UP_SPAWNS, Workload,
};
use crate::measure::{Stopwatch, resident_bytes, tell_growth, tell_listening};

/// Runs one repetition and prints its result.
pub(crate) fn run(workload: Workload) {
    smol::block_on(spawn(repetition(workload)));
}

async fn repetition(workload: Workload) {
    match workload {
        // It has nothing that waits for many tasks at once.
        Workload::SpawnJoin | Workload::Scope => {
            black_box(spawn_join(WARM_UP_SPAWNS, BATCH).await);
            let watch = Stopwatch::start();
            black_box(spawn_join(SPAWNS, BATCH).await);
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Crowd => {
            black_box(spawn_join(SPAWNS, SPAWNS).await);
            let watch = Stopwatch::start();
            black_box(spawn_join(SPAWNS, SPAWNS).await);
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Skynet => {
            let sum = LEAVES * (LEAVES - 1) / 2;
            assert_eq!(skynet(0, LEAVES).await, sum);
            let watch = Stopwatch::start();
            assert_eq!(skynet(0, LEAVES).await, sum);
            watch.tell_ns_each(LEAVES as usize);
        }
        Workload::Yield => {
            yields().await;
            let watch = Stopwatch::start();
            yields().await;
            watch.tell_ns_each(CROWD * TURNS);
        }
        Workload::PingPong => {
            pingpong(ROUND_TRIPS / 10).await;
            let watch = Stopwatch::start();
            pingpong(ROUND_TRIPS).await;
            watch.tell_ns_each(ROUND_TRIPS);
        }
        Workload::Mutex => {
            mutex().await;
            let watch = Stopwatch::start();
            mutex().await;
            watch.tell_ns_each(CROWD * TURNS);
        }
        Workload::Echo | Workload::EchoOpen => echo_server().await,
        Workload::Cancel => {
            cancel().await;
            cancel().await.tell_ns_each(CANCELLED);
        }
        Workload::Sleepers => sleepers().await,
        Workload::Context | Workload::Recursion | Workload::Deep => {
            unreachable!("see `Contender::runs`")
        }
    }
}

async fn spawn_join(n: usize, size: usize) -> u64 {
    let mut sum = 0;
    let mut tasks = Vec::with_capacity(size);
    for batch in 0..n / size {
        for i in 0..size {
            let x = (batch * size + i) as u64;
            tasks.push(spawn(async move { black_box(x) }));
        }
        for task in tasks.drain(..) {
            sum += task.await;
        }
    }
    sum
}

fn skynet(first: u64, n_leaves: u64) -> Task<u64> {
    if n_leaves == 1 {
        return spawn(async move { first });
    }
    spawn(async move {
        let mut tasks = Vec::with_capacity(10);
        let share = n_leaves / 10;
        for i in 0..10 {
            tasks.push(skynet(first + i * share, share));
        }
        let mut sum = 0;
        for task in tasks {
            sum += task.await;
        }
        sum
    })
}

async fn yields() {
    let mut tasks = Vec::with_capacity(CROWD);
    for _ in 0..CROWD {
        tasks.push(spawn(async {
            for _ in 0..TURNS {
                yield_now().await;
            }
        }));
    }
    for task in tasks {
        task.await;
    }
}

async fn pingpong(n: usize) {
    let (ping, pings) = channel::bounded::<u64>(1);
    let (pong, pongs) = channel::bounded::<u64>(1);
    let peer = spawn(async move {
        while let Ok(x) = pings.recv().await {
            if pong.send(x + 1).await.is_err() {
                break;
            }
        }
    });
    for i in 0..n {
        ping.send(i as u64).await.expect("the peer lives");
        black_box(pongs.recv().await.expect("the peer lives"));
    }
    drop(ping);
    peer.await;
}

async fn mutex() {
    let total = Arc::new(Mutex::new(0));
    let mut tasks = Vec::with_capacity(CROWD);
    for _ in 0..CROWD {
        let total = total.clone();
        tasks.push(spawn(async move {
            for _ in 0..TURNS {
                *total.lock().await += 1;
            }
        }));
    }
    for task in tasks {
        task.await;
    }
    assert_eq!(*total.lock().await, CROWD * TURNS);
}

async fn echo_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    tell_listening(listener.local_addr().expect("an address").port());
    loop {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("a TCP socket");
        spawn(async move {
            let mut buffer = [0; 1024];
            loop {
                match stream.read(&mut buffer).await {
                    Ok(0) | Err(_) => break,
                    Ok(n) => {
                        if stream.write_all(&buffer[..n]).await.is_err() {
                            break;
                        }
                    }
                }
            }
        })
        .detach();
    }
}

/// As many sleeping tasks, once all of them sleep.
async fn sleeping(n: usize) -> Vec<Task<()>> {
    let started = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::with_capacity(n);
    for _ in 0..n {
        let started = started.clone();
        tasks.push(spawn(async move {
            started.fetch_add(1, Ordering::AcqRel);
            Timer::after(Duration::from_secs(60)).await;
        }));
    }
    while started.load(Ordering::Acquire) < n {
        Timer::after(Duration::from_millis(2)).await;
    }
    tasks
}

/// Returns the clock over the cancellation, which it has started.
async fn cancel() -> Stopwatch {
    let tasks = sleeping(CANCELLED).await;
    Timer::after(Duration::from_millis(50)).await;
    let watch = Stopwatch::start();
    let cancelling: Vec<_> = tasks.into_iter().map(Task::cancel).collect();
    for cancelled in cancelling {
        cancelled.await;
    }
    watch
}

async fn sleepers() {
    let before = resident_bytes();
    let tasks = sleeping(SLEEPERS).await;
    tell_growth(before, SLEEPERS);
    // The sleepers are not joined.
    std::mem::forget(tasks);
    process::exit(0);
}
