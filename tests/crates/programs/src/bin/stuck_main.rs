//! Vthreads that block their OS threads in one poll, and the work beside them. Arguments: the case,
//! and the number of workers. It ends by itself, or its watchdog aborts it.

use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::panic::Location;
use std::pin::pin;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc;
use std::task::{Context, Poll, Wake};
use std::thread;
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

/// The events that end the stuck polls of most cases: they wait for work beside them.
struct Gate {
    is_open: AtomicBool,
    lock: std::sync::Mutex<()>,
}

fn compute_until(gate: &Gate) {
    let mut n = 1_u64;
    while !gate.is_open.load(Relaxed) {
        n = black_box(n.wrapping_mul(31));
    }
}

/// A plain function that uses the threads of std, which call vthread functions.
fn scoped_threads() {
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| rounds(3));
        }
    });
}

/// Another library's way to wait for a future.
fn foreign_block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        thread::park();
    }
}

/// Goes through the timers, a group and a channel.
#[vthread]
fn rounds(n: usize) {
    for _ in 0..n {
        let (tx, rx) = channel(1);
        group! {
            spawn! { sleep(Duration::from_millis(1)); let _ = tx.send(()); };
            spawn! { let _ = rx.recv(); };
        }
    }
}

fn hold(case: &str, gate: &Gate) {
    match case {
        "loop" => compute_until(gate),
        "sleep" => {
            while !gate.is_open.load(Relaxed) {
                thread::sleep(Duration::from_millis(200));
            }
        }
        "lock" => drop(gate.lock.lock().unwrap()),
        "scope" => scoped_threads(),
        "foreign" => foreign_block_on(end_of_a_thread()),
        other => panic!("no case {other}"),
    }
}

/// The end of a plain thread that calls vthread functions, as a future.
fn end_of_a_thread() -> impl Future<Output = ()> {
    let mut thread = None;
    poll_fn(move |cx| {
        let waker = cx.waker().clone();
        let start = || {
            thread::spawn(move || {
                rounds(3);
                waker.wake();
            })
        };
        match thread.get_or_insert_with(start).is_finished() {
            true => Poll::Ready(()),
            false => {
                // Its last step is the wake, so it may not have ended yet.
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    })
}

/// As many stuck polls as there are workers, and work beside them that ends them.
#[vthread]
fn beside(case: &str, workers: usize) {
    let gate = Gate {
        is_open: AtomicBool::new(false),
        lock: std::sync::Mutex::new(()),
    };
    let gate = &gate;
    let case = &case;
    let (held, is_held) = mpsc::channel();
    let holder = move || {
        let guard = gate.lock.lock().unwrap();
        held.send(()).unwrap();
        while !gate.is_open.load(Relaxed) {
            thread::yield_now();
        }
        drop(guard);
    };
    thread::scope(|scope| {
        scope.spawn(holder);
        is_held.recv().unwrap();
        all(case, workers, gate);
    });
}

#[vthread]
fn all(case: &str, workers: usize, gate: &Gate) {
    group! {
        for _ in 0..workers {
            spawn! {
                sleep(Duration::from_millis(1));
                hold(case, gate);
            };
        }
        spawn! {
            rounds(10);
            gate.is_open.store(true, Relaxed);
        };
    }
}

/// A vthread that is woken by a computing one runs beside it.
#[vthread]
fn woken_peer() {
    let (tx, rx) = channel(1);
    let is_seen = AtomicBool::new(false);
    let is_seen = &is_seen;
    group! {
        spawn!(move => {
            rx.recv().unwrap();
            is_seen.store(true, Relaxed);
        });
        spawn!(move => {
            sleep(Duration::from_millis(1));
            tx.send(()).unwrap();
            while !is_seen.load(Relaxed) {
                std::hint::spin_loop();
            }
        });
    }
}

/// A poll that never returns: the process ends without it.
#[vthread]
fn endless(workers: usize) {
    group! {
        for _ in 0..workers {
            spawn! { loop { black_box(()); } };
        }
        spawn! {
            rounds(5);
            // A worker without waiting work is not relieved: at least one was.
            while vthread::metrics().stuck.is_empty() {
                sleep(Duration::from_millis(1));
            }
            for poll in vthread::metrics().stuck {
                // None: the system took the processor from a thread between two polls.
                let is_here = |at: &Location<'_>| at.file().ends_with("stuck_main.rs");
                assert!(poll.spawned_at.is_none_or(is_here));
                assert!(poll.lasted >= Duration::from_millis(10));
            }
            println!("done");
            exit(0);
        };
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let case = args.next().expect("a case");
    let workers: usize = args.next().expect("a number").parse().expect("a number");
    vthread::Config::new().workers(workers).install().unwrap();
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(30));
        eprintln!("hung: {:?}\n{}", vthread::metrics(), vthread::dump());
        std::process::abort();
    });
    let began = Instant::now();
    match case.as_str() {
        "endless" => endless(workers),
        "woken" => woken_peer(),
        case => beside(case, workers),
    }
    // The threads of all polls that were stuck come back.
    while !vthread::metrics().stuck.is_empty() {
        thread::yield_now();
    }
    let longest = vthread::metrics().longest_stuck.map(|poll| poll.lasted);
    assert!(longest.is_none_or(|longest| longest <= began.elapsed() + Duration::from_millis(10)));
    println!("done");
}
