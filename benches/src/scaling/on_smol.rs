//! The curves on smol.

use std::time::Duration;

use smol::future::yield_now;
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::{TcpListener, TcpStream};
use smol::{Timer, spawn};

use super::{Curve, ProcessorWatch};
use crate::measure::Stopwatch;

pub(super) fn run(curve: Curve, n: usize, turns: usize) {
    smol::block_on(spawn(async move {
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
                        Timer::after(Duration::from_millis(1)).await;
                    }
                })
                .await;
                watch.tell_ns_each(n * turns);
            }
            Curve::Connections => connections(n, turns).await,
        }
    }));
}

/// Runs `n` tasks and waits for them.
async fn each<F: Future<Output = ()> + Send + 'static>(n: usize, task: impl Fn() -> F) {
    let tasks: Vec<_> = (0..n).map(|_| spawn(task())).collect();
    for task in tasks {
        task.await;
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
    spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            spawn(echo(stream)).detach();
        }
    })
    .detach();
    let mut streams = Vec::with_capacity(n);
    for _ in 0..n {
        let stream = TcpStream::connect(server).await.expect("a connection");
        stream.set_nodelay(true).expect("a TCP socket");
        streams.push(stream);
    }
    let n_used = n.div_ceil(10).min(100);
    let turns = turns * n / n_used;
    let watch = ProcessorWatch::start();
    let mut tasks = Vec::with_capacity(n_used);
    for mut stream in streams.drain(..n_used) {
        tasks.push(spawn(async move {
            let mut buffer = [0; 64];
            for _ in 0..turns {
                stream.write_all(&buffer).await.expect("the server lives");
                stream
                    .read_exact(&mut buffer)
                    .await
                    .expect("the server lives");
            }
        }));
    }
    for task in tasks {
        task.await;
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
