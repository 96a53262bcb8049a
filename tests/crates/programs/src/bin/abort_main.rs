//! Cancellation where nothing can unwind: run with `panic = "abort"` by `tests/abort.rs`.

use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

/// The error of the groups.
#[derive(Debug, PartialEq)]
struct Stop;

/// A blocking call in a plain frame completes; the vthread ends at its next suspension point.
#[vthread]
fn run() -> Result<(), Stop> {
    let (tx, rx) = channel::<()>(1);
    group! {
        spawn! {
            let wait = || {
                tx.send(()).block().unwrap();
                sleep(Duration::from_millis(20));
                println!("completed");
            };
            wait();
            vthread::yield_now();
            println!("went on");
        }
        rx.recv().unwrap();
        Err::<(), _>(Stop)?;
    }
}

#[vthread]
fn main() {
    if cfg!(panic = "unwind") {
        panic!("this is about programs that cannot unwind");
    }
    assert_eq!(run(), Err(Stop));
    let (tx, rx) = channel::<()>(1);
    background! {
        defer! { println!("child: cleanup"); }
        tx.send(())?;
        sleep(Duration::from_secs(3600));
    };
    rx.recv().unwrap();
    vthread::signal::cancel_on_ctrl_c().unwrap();
    defer! { println!("main: cleanup"); }
    println!("ready");
    // The root of `main` is cancelled by value: nothing unwinds.
    sleep(Duration::from_secs(3600));
    println!("went on");
}
