//! The workloads on may: coroutines with a stack each, and std's names.

use std::hint::black_box;
use std::io::{Read, Write};
use std::sync::Arc;

use may::coroutine::yield_now;
use may::net::TcpListener;
use may::sync::{Mutex, mpsc};
use may::{config, go};

use super::{CROWD, ROUND_TRIPS, TURNS, Workload};
use crate::measure::{Stopwatch, n_workers, tell_listening};

/// Runs one repetition and prints its result.
pub(crate) fn run(workload: Workload) {
    config().set_workers(n_workers());
    let root = go!(move || repetition(workload));
    root.join().expect("the workload ends well");
}

fn repetition(workload: Workload) {
    match workload {
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
        Workload::Echo | Workload::EchoOpen => echo_server(),
        _ => unreachable!("see `Contender::runs`"),
    }
}

fn yields() {
    let mut tasks = Vec::with_capacity(CROWD);
    for _ in 0..CROWD {
        tasks.push(go!(|| {
            for _ in 0..TURNS {
                yield_now();
            }
        }));
    }
    for task in tasks {
        task.join().expect("no panic");
    }
}

fn pingpong(n: usize) {
    // Its channels have no bound.
    let (ping, pings) = mpsc::channel::<u64>();
    let (pong, pongs) = mpsc::channel::<u64>();
    let peer = go!(move || {
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
    peer.join().expect("no panic");
}

fn mutex() {
    let total = Arc::new(Mutex::new(0));
    let mut tasks = Vec::with_capacity(CROWD);
    for _ in 0..CROWD {
        let total = total.clone();
        tasks.push(go!(move || {
            for _ in 0..TURNS {
                *total.lock().expect("no panic") += 1;
            }
        }));
    }
    for task in tasks {
        task.join().expect("no panic");
    }
    assert_eq!(*total.lock().expect("no panic"), CROWD * TURNS);
}

fn echo_server() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    tell_listening(listener.local_addr().expect("an address").port());
    loop {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.set_nodelay(true).expect("a TCP socket");
        go!(move || {
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
        });
    }
}
