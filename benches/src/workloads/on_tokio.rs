//! The workloads on tokio. Each runs in a spawned task, so that it starts on a worker.

use std::hint::black_box;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::{JoinHandle, JoinSet, yield_now};
use tokio::time::sleep;

use super::{
    BATCH, CALLS, CANCELLED, CROWD, DEPTH, FIBONACCI, LEAVES, PAUSES, ROUND_TRIPS, SLEEPERS,
    SPAWNS, TURNS, WARM_UP_SPAWNS, Workload,
};
use crate::measure::{Stopwatch, n_workers, resident_bytes, tell_growth, tell_listening};

/// Runs one repetition and prints its result.
pub(crate) fn run(workload: Workload) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(n_workers())
        .enable_all()
        .build()
        .expect("a runtime");
    let root = runtime.spawn(repetition(workload));
    runtime.block_on(root).expect("the workload ends well");
}

async fn repetition(workload: Workload) {
    match workload {
        Workload::SpawnJoin => {
            black_box(spawn_join(WARM_UP_SPAWNS).await);
            let watch = Stopwatch::start();
            black_box(spawn_join(SPAWNS).await);
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Scope => {
            scope(WARM_UP_SPAWNS, BATCH).await;
            let watch = Stopwatch::start();
            scope(SPAWNS, BATCH).await;
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Crowd => {
            scope(SPAWNS, SPAWNS).await;
            let watch = Stopwatch::start();
            scope(SPAWNS, SPAWNS).await;
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Context => {
            context(WARM_UP_SPAWNS).await;
            let watch = Stopwatch::start();
            context(SPAWNS).await;
            watch.tell_ns_each(SPAWNS);
        }
        Workload::Skynet => {
            let sum = LEAVES * (LEAVES - 1) / 2;
            assert_eq!(skynet(0, LEAVES).await.expect("no panic"), sum);
            let watch = Stopwatch::start();
            assert_eq!(skynet(0, LEAVES).await.expect("no panic"), sum);
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
        Workload::Recursion => {
            assert_eq!(fibonacci(16).await, 987);
            let watch = Stopwatch::start();
            black_box(fibonacci(black_box(FIBONACCI)).await);
            watch.tell_ns_each(CALLS);
        }
        Workload::Deep => {
            deep(DEPTH, 1).await;
            let watch = Stopwatch::start();
            deep(DEPTH, PAUSES).await;
            watch.tell_ns_each(PAUSES);
        }
        Workload::Echo | Workload::EchoOpen => echo_server().await,
        Workload::Cancel => {
            cancel().await;
            cancel().await.tell_ns_each(CANCELLED);
        }
        Workload::Sleepers => sleepers().await,
    }
}

async fn spawn_join(n: usize) -> u64 {
    let mut sum = 0;
    let mut tasks = Vec::with_capacity(BATCH);
    for batch in 0..n / BATCH {
        for i in 0..BATCH {
            let x = (batch * BATCH + i) as u64;
            tasks.push(tokio::spawn(async move { black_box(x) }));
        }
        for task in tasks.drain(..) {
            sum += task.await.expect("no panic");
        }
    }
    sum
}

async fn scope(n: usize, size: usize) {
    for batch in 0..n / size {
        let mut tasks = JoinSet::new();
        for i in 0..size {
            let x = (batch * size + i) as u64;
            tasks.spawn(async move { black_box(x) });
        }
        while let Some(ended) = tasks.join_next().await {
            black_box(ended.expect("no panic"));
        }
    }
}

tokio::task_local! {
    static BATCH_NUMBER: usize;
}

async fn context(n: usize) {
    for batch in 0..n / BATCH {
        let mut tasks = JoinSet::new();
        for _ in 0..BATCH {
            // A task does not inherit the value: each gets it explicitly.
            tasks.spawn(BATCH_NUMBER.scope(batch, async { black_box(BATCH_NUMBER.get()) }));
        }
        while let Some(ended) = tasks.join_next().await {
            black_box(ended.expect("no panic"));
        }
    }
}

fn skynet(first: u64, n_leaves: u64) -> JoinHandle<u64> {
    if n_leaves == 1 {
        return tokio::spawn(async move { first });
    }
    tokio::spawn(async move {
        let mut tasks = Vec::with_capacity(10);
        let share = n_leaves / 10;
        for i in 0..10 {
            tasks.push(skynet(first + i * share, share));
        }
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("no panic");
        }
        sum
    })
}

async fn yields() {
    let mut tasks = Vec::with_capacity(CROWD);
    for _ in 0..CROWD {
        tasks.push(tokio::spawn(async {
            for _ in 0..TURNS {
                yield_now().await;
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
}

async fn pingpong(n: usize) {
    let (ping, mut pings) = mpsc::channel::<u64>(1);
    let (pong, mut pongs) = mpsc::channel::<u64>(1);
    let peer = tokio::spawn(async move {
        while let Some(x) = pings.recv().await {
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
    peer.await.expect("no panic");
}

async fn mutex() {
    let total = Arc::new(Mutex::new(0));
    let mut tasks = Vec::with_capacity(CROWD);
    for _ in 0..CROWD {
        let total = total.clone();
        tasks.push(tokio::spawn(async move {
            for _ in 0..TURNS {
                *total.lock().await += 1;
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    assert_eq!(*total.lock().await, CROWD * TURNS);
}

async fn fibonacci(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    Box::pin(fibonacci(n - 1)).await + Box::pin(fibonacci(n - 2)).await
}

async fn deep(depth: usize, n_pauses: usize) {
    if depth > 0 {
        Box::pin(deep(depth - 1, n_pauses)).await;
    } else {
        for _ in 0..n_pauses {
            yield_now().await;
        }
    }
}

async fn echo_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    tell_listening(listener.local_addr().expect("an address").port());
    loop {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("a TCP socket");
        tokio::spawn(async move {
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
        });
    }
}

/// Returns the clock over the cancellation, which it has started.
async fn cancel() -> Stopwatch {
    let started = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..CANCELLED {
        let started = started.clone();
        tasks.spawn(async move {
            started.fetch_add(1, Ordering::AcqRel);
            sleep(Duration::from_secs(60)).await;
        });
    }
    while started.load(Ordering::Acquire) < CANCELLED {
        sleep(Duration::from_millis(2)).await;
    }
    sleep(Duration::from_millis(50)).await;
    let watch = Stopwatch::start();
    tasks.abort_all();
    while let Some(ended) = tasks.join_next().await {
        assert!(ended.is_err_and(|error| error.is_cancelled()));
    }
    watch
}

async fn sleepers() {
    let before = resident_bytes();
    let started = Arc::new(AtomicUsize::new(0));
    for _ in 0..SLEEPERS {
        let started = started.clone();
        tokio::spawn(async move {
            started.fetch_add(1, Ordering::AcqRel);
            sleep(Duration::from_secs(60)).await;
        });
    }
    while started.load(Ordering::Acquire) < SLEEPERS {
        sleep(Duration::from_millis(2)).await;
    }
    tell_growth(before, SLEEPERS);
    // The sleepers are not joined.
    process::exit(0);
}
