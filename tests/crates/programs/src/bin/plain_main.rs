//! A plain `main` that ends the process in order with `vthread::shutdown()`.

use std::panic::catch_unwind;
use std::thread;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::{CancelReason, Config, Outcome};

const LONG: Duration = Duration::from_secs(3600);

struct Told(&'static str);

impl Drop for Told {
    fn drop(&mut self) {
        println!("{}: dropped", self.0);
    }
}

#[vthread]
fn wait(name: &'static str, ready: &vthread::sync::Sender<()>) {
    let _told = Told(name);
    defer! { println!("{name}: cleanup"); }
    group! {
        spawn! {
            let _told = Told("grandchild");
            ready.send(()).unwrap();
            sleep(LONG);
        }
    }
    println!("{name}: went on");
}

fn main() {
    match std::env::args().nth(1).unwrap_or_default().as_str() {
        "shutdown" => shutdown(),
        "call of another thread" => call_of_another_thread(),
        "a thread that does not come back" => a_thread_that_does_not_come_back(),
        "shielded" => shielded(),
        other => panic!("no case {other:?}"),
    }
}

/// The children are joined, their failures returned, once.
fn shutdown() {
    let (tx, rx) = channel::<()>(1);
    let ready = tx.clone();
    let child = background!(name = "child" => { wait("child", &ready); });
    rx.recv().block().unwrap();
    let failed = background!(name = "flusher" => { vthread::fs::read("/no/such/file")?; });
    let panicked = background! { std::panic::resume_unwind(Box::new("on purpose")); };
    while failed.outcome().is_none() || panicked.outcome().is_none() {
        thread::yield_now();
    }
    let failures = vthread::shutdown().unwrap_err();
    assert_eq!(failures.len(), 2);
    let named: Vec<_> = failures
        .iter()
        .filter_map(|failure| failure.name())
        .collect();
    assert_eq!(named, ["flusher"]);
    for failure in failures.iter() {
        let text = failure.to_string();
        assert!(text.contains("src/bin/plain_main.rs:"), "{text}");
        match failure.error() {
            Some(error) => assert!(error.downcast_ref::<std::io::Error>().is_some()),
            None => assert!(text.ends_with(" panicked: on purpose"), "{text}"),
        }
    }
    assert_eq!(
        child.outcome(),
        Some(Outcome::Cancelled(CancelReason::Shutdown))
    );
    println!("after");

    // Again, without effect.
    vthread::shutdown().unwrap();
    // No child is started any more ..
    let late = background! { println!("late"); };
    assert_eq!(
        late.outcome_when_ended(),
        Outcome::Cancelled(CancelReason::Shutdown)
    );
    // .. but calls still work.
    sleep(Duration::from_millis(1));
    vthread::shutdown().unwrap();
    println!("end");
}

trait WhenEnded {
    fn outcome_when_ended(&self) -> Outcome;
}

impl<V> WhenEnded for vthread::Task<V> {
    fn outcome_when_ended(&self) -> Outcome {
        loop {
            match self.outcome() {
                Some(outcome) => return outcome,
                None => thread::yield_now(),
            }
        }
    }
}

/// It unwinds through the facade, and through the thread's own code.
fn call_of_another_thread() {
    let (tx, rx) = channel::<()>(1);
    let thread = thread::spawn(move || {
        let _told = Told("thread");
        wait("call", &tx);
        println!("thread: went on");
    });
    rx.recv().block().unwrap();
    vthread::shutdown().unwrap();
    println!("after");
    assert!(thread.join().is_err());
    // A later call is no longer affected.
    let value = thread::spawn(|| catch_unwind(|| sleep(Duration::from_millis(1))).is_ok());
    assert!(value.join().unwrap());
}

/// Its plain code is not interrupted: it gets only the grace.
fn a_thread_that_does_not_come_back() {
    Config::new()
        .grace(Duration::from_millis(20))
        .install()
        .unwrap();
    let (tx, rx) = channel::<()>(1);
    thread::spawn(move || {
        #[vthread(local)]
        #[allow(deprecated)] // It blocks on purpose.
        fn stuck(tx: &vthread::sync::Sender<()>) {
            tx.send(()).unwrap();
            // A closure is plain code, which may block.
            #[allow(clippy::redundant_closure_call)] // A plain frame.
            (|| thread::sleep(LONG))();
        }
        stuck(&tx);
    });
    rx.recv().block().unwrap();
    vthread::shutdown().unwrap();
    println!("after");
}

/// A shield and a hanging cleanup in a call of another thread have the grace, and no more.
fn shielded() {
    Config::new()
        .grace(Duration::from_millis(20))
        .install()
        .unwrap();
    let (tx, rx) = channel::<()>(1);
    let thread = thread::spawn(move || {
        #[vthread(local)]
        fn shielded(tx: &vthread::sync::Sender<()>) {
            let _told = Told("call");
            shield! {
                tx.send(()).unwrap();
                sleep(LONG);
            }
        }
        shielded(&tx);
    });
    rx.recv().block().unwrap();
    vthread::shutdown().unwrap();
    assert!(thread.join().is_err());
    println!("after");
}
