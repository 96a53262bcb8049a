//! The curves on tokio.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;

use super::{Curve, ProcessorWatch};
use crate::measure::{Stopwatch, n_workers};

pub(super) fn run(curve: Curve, n: usize, turns: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(n_workers())
        .enable_all()
        .build()
        .expect("a runtime");
    let root = runtime.spawn(async move {
        match curve {
            Curve::Children => {
                children(n, 1).await;
                let watch = Stopwatch::start();
                children(n, turns).await;
                watch.tell_ns_each(n * turns);
            }
            Curve::Alive => {
                let watch = Stopwatch::start();
                each(n, move || async move {
                    for _ in 0..turns {
                        yield_now().await;
                    }
                })
                .await;
                watch.tell_ns_each(n * turns);
            }
            Curve::Timers => {
                let watch = ProcessorWatch::start();
                each(n, move || async move {
                    for _ in 0..turns {
                        sleep(Duration::from_millis(1)).await;
                    }
                })
                .await;
                watch.tell_ns_each(n * turns);
            }
            Curve::Connections => connections(n, turns).await,
        }
    });
    runtime.block_on(root).expect("the workload ends well");
}

/// Runs `n` tasks and waits for them.
async fn each<F: Future<Output = ()> + Send + 'static>(n: usize, task: impl Fn() -> F) {
    let mut tasks = JoinSet::new();
    for _ in 0..n {
        tasks.spawn(task());
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no panic");
    }
}

async fn children(n: usize, turns: usize) {
    for _ in 0..turns {
        each(n, || async {}).await;
    }
}

async fn connections(n: usize, turns: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let server = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(echo(stream));
        }
    });
    let mut streams = Vec::with_capacity(n);
    for _ in 0..n {
        let stream = TcpStream::connect(server).await.expect("a connection");
        stream.set_nodelay(true).expect("a TCP socket");
        streams.push(stream);
    }
    let n_used = n.div_ceil(10).min(100);
    let turns = turns * n / n_used;
    let watch = ProcessorWatch::start();
    let mut tasks = JoinSet::new();
    for mut stream in streams.drain(..n_used) {
        tasks.spawn(async move {
            let mut buffer = [0; 64];
            for _ in 0..turns {
                stream.write_all(&buffer).await.expect("the server lives");
                stream
                    .read_exact(&mut buffer)
                    .await
                    .expect("the server lives");
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no panic");
    }
    watch.tell_ns_each(n_used * turns);
}

async fn echo(mut stream: TcpStream) {
    stream.set_nodelay(true).expect("a TCP socket");
    let mut buffer = [0; 64];
    while stream.read_exact(&mut buffer).await.is_ok() {
        if stream.write_all(&buffer).await.is_err() {
            break;
        }
    }
}
