//! `#[vthread] fn main()`, with a case for each way in which it can end. It prints the events to
//! standard output.

use std::thread;
use std::time::Duration;
use vthread::prelude::*;
use vthread::signal::{self, Listener, SignalKind};
use vthread::sync::{Sender, channel};
use vthread::time::sleep;
use vthread::{Config, Outcome};

const LONG: Duration = Duration::from_secs(3600);

/// A child of the process, with cleanup.
#[vthread]
fn serve(name: &str, cleanup: Duration, ready: &Sender<()>) {
    defer! {
        println!("{name}: cleanup");
        sleep(cleanup);
        println!("{name}: clean");
    }
    println!("{name}: serves");
    ready.send(()).unwrap();
    sleep(LONG);
    println!("{name}: went on");
}

/// Prints that it was dropped.
struct Told(&'static str);

impl Drop for Told {
    fn drop(&mut self) {
        println!("{}: dropped", self.0);
    }
}

/// Starts a child of the process, and waits until it serves.
#[vthread]
fn start(name: &'static str, cleanup: Duration) {
    let (tx, rx) = channel::<()>(1);
    background!(name = name => {
        let _told = Told(name);
        serve(name, cleanup, &tx);
    });
    rx.recv().unwrap();
}

/// Prints that a signal has come, which cancels this as well.
#[vthread]
fn tell_of(signals: &Listener) {
    shield! {
        signals.recv();
        println!("the first has come");
    }
}

#[vthread]
fn main() {
    let case = std::env::args().nth(1).unwrap_or_default();
    match case.as_str() {
        "returns" => {
            start("child", Duration::ZERO);
            println!("main returns");
        }
        "panics" => {
            start("child", Duration::ZERO);
            panic!("on purpose");
        }
        "hangs" => {
            Config::new()
                .grace(Duration::from_millis(20))
                .install()
                .unwrap();
            start("child", LONG);
            println!("main returns");
        }
        "fails" => {
            let failed = background!(name = "flusher" => {
                Err("disk full")?;
            });
            let panicked = background! { panic!("on purpose") };
            while failed.outcome().is_none() || panicked.outcome().is_none() {
                vthread::yield_now();
            }
            assert_eq!(failed.outcome(), Some(Outcome::Failed));
            assert_eq!(panicked.outcome(), Some(Outcome::Panicked));
            println!("main returns");
        }
        "joins" => {
            let child = background! {
                sleep(Duration::from_millis(1));
                7
            };
            println!("{}", child.join());
        }
        "signal" => {
            signal::cancel_on_ctrl_c().unwrap();
            start("child", Duration::ZERO);
            defer! { println!("main: cleanup"); }
            println!("ready");
            sleep(LONG);
            println!("main went on");
        }
        "second signal" => {
            signal::cancel_on_ctrl_c().unwrap();
            let interrupts = signal::listen(SignalKind::interrupt()).unwrap();
            thread::spawn(move || tell_of(&interrupts));
            shield! {
                println!("ready");
                // Plain code ignores the first one.
                #[allow(clippy::redundant_closure_call)] // A plain frame.
                (|| thread::sleep(LONG))();
            }
        }
        "shutdown elsewhere" => {
            start("child", Duration::ZERO);
            let _told = Told("main");
            thread::spawn(|| println!("{:?}", vthread::shutdown().is_ok()));
            sleep(LONG);
            println!("main went on");
        }
        other => panic!("no case {other:?}"),
    }
}
