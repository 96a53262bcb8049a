//! The curves on vthread.

use std::time::Duration;

use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::time::sleep;
use vthread::yield_now;

use super::{Curve, ProcessorWatch};
use crate::measure::Stopwatch;

#[vthread]
pub(super) fn run(curve: Curve, n: usize, turns: usize) {
    group! {
        spawn! {
            match curve {
                Curve::Children => {
                    children(n, 1);
                    let watch = Stopwatch::start();
                    children(n, turns);
                    watch.tell_ns_each(n * turns);
                }
                Curve::Alive => {
                    let watch = Stopwatch::start();
                    yields(n, turns);
                    watch.tell_ns_each(n * turns);
                }
                Curve::Timers => {
                    let watch = ProcessorWatch::start();
                    sleeps(n, turns);
                    watch.tell_ns_each(n * turns);
                }
                Curve::Connections => connections(n, turns),
            }
        }
    }
}

#[vthread]
fn children(n: usize, turns: usize) {
    for _ in 0..turns {
        group! {
            for _ in 0..n {
                spawn! {}
            }
        }
    }
}

#[vthread]
fn yields(n: usize, turns: usize) {
    group! {
        for _ in 0..n {
            spawn! {
                for _ in 0..turns {
                    yield_now();
                }
            }
        }
    }
}

#[vthread]
fn sleeps(n: usize, turns: usize) {
    group! {
        for _ in 0..n {
            spawn! {
                for _ in 0..turns {
                    sleep(Duration::from_millis(1));
                }
            }
        }
    }
}

#[vthread]
fn connections(n: usize, turns: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let server = listener.local_addr().expect("an address");
    let mut streams = Vec::with_capacity(n);
    group! {
        spawn!(service => {
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                spawn!(service => { echo(stream); });
            }
        });
        for _ in 0..n {
            let stream = TcpStream::connect(server).expect("a connection");
            stream.set_nodelay(true).expect("a TCP socket");
            streams.push(stream);
        }
        // Those that are open stay open while one tenth of them, a hundred at most, is in use.
        let n_used = n.div_ceil(10).min(100);
        let turns = turns * n / n_used;
        let watch = ProcessorWatch::start();
        group! {
            for stream in &streams[..n_used] {
                spawn! {
                    let mut buffer = [0; 64];
                    for _ in 0..turns {
                        (&mut &*stream).write_all(&buffer).expect("the server lives");
                        (&mut &*stream).read_exact(&mut buffer).expect("the server lives");
                    }
                }
            }
        }
        watch.tell_ns_each(n_used * turns);
    }
}

#[vthread]
fn echo(mut stream: TcpStream) {
    stream.set_nodelay(true).expect("a TCP socket");
    let mut buffer = [0; 64];
    while stream.read_exact(&mut buffer).is_ok() {
        if stream.write_all(&buffer).is_err() {
            break;
        }
    }
}
