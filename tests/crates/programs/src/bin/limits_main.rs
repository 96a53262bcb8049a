//! Few OS threads, and more calls that need one.

use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Receiver, channel};
use vthread::time::sleep;

#[vthread]
fn pause() -> usize {
    sleep(Duration::from_millis(2));
    1
}

/// A closure of plain code: each call in it blocks an OS thread.
fn plainly() -> usize {
    [0].iter().map(|_| pause()).sum()
}

#[vthread]
fn waits(gate: &Receiver<()>) -> bool {
    [0].iter().all(|_| gate.recv().is_err())
}

/// More plain frames than there are threads, each of which ends by itself.
#[vthread]
fn plain_frames() -> usize {
    group! {
        let tasks: Vec<_> = (0..100).map(|_| ()).collect();
        let mut n = 0;
        for () in tasks {
            spawn! { assert_eq!(plainly(), 1); };
            n += 1;
        }
        n
    }
}

/// All wait for one vthread that gets no thread.
#[vthread]
fn standstill() {
    let (tx, rx) = channel::<()>(1);
    group! {
        for _ in 0..100 {
            spawn! { waits(&rx); };
        }
        spawn!(move => { drop(tx); });
    }
}

/// Helpers that wait for helpers.
#[vthread]
fn nested_helpers() -> usize {
    let program = std::env::current_exe().unwrap();
    let program = &program;
    let n = std::sync::atomic::AtomicUsize::new(0);
    group! {
        for _ in 0..20 {
            spawn! {
                let program = program.clone();
                let is_there = vthread::blocking(move || length(&program) > 0);
                n.fetch_add(usize::from(is_there), std::sync::atomic::Ordering::Relaxed);
            };
        }
    }
    n.into_inner()
}

#[vthread]
fn length(path: &std::path::Path) -> u64 {
    vthread::fs::metadata(path).unwrap().len()
}

/// Those of the process that are helpers, by their names, as the system counts them. A slow machine
/// has spare workers as well.
fn n_helpers() -> usize {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let names = threads.map(|thread| std::fs::read_to_string(thread.unwrap().path().join("comm")));
    // One that has ended meanwhile has no name.
    names
        .filter(|name| name.as_ref().is_ok_and(|name| name.contains("helper")))
        .count()
}

/// Ten thousand operations on files at once, of which each needs a helper.
#[vthread]
fn ten_thousand_files(directory: &std::path::Path) -> (usize, usize) {
    let n_most = std::sync::atomic::AtomicUsize::new(0);
    let n_done = std::sync::atomic::AtomicUsize::new(0);
    group! {
        for n in 0..10_000u32 {
            let path = directory.join((n % 100).to_string());
            let (n_most, n_done) = (&n_most, &n_done);
            spawn! {
                vthread::fs::write(&path, [7; 100]).unwrap();
                n_done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if n.is_multiple_of(100) {
                    n_most.fetch_max(n_helpers(), std::sync::atomic::Ordering::Relaxed);
                }
            };
        }
    }
    (n_done.into_inner(), n_most.into_inner())
}

fn main() {
    let case = std::env::args().nth(1).expect("a case");
    std::thread::spawn(|| {
        std::thread::sleep(Duration::from_secs(50));
        println!("hung: {:?}", vthread::metrics());
        std::process::exit(3);
    });
    let config = vthread::Config::new().workers(2).thread_name("few");
    match case.as_str() {
        "plain_frames" => {
            config.max_threads(6).install().unwrap();
            assert_eq!(plain_frames(), 100);
            assert!(vthread::metrics().threads <= 6);
        }
        "standstill" => {
            config.max_threads(6).install().unwrap();
            standstill();
        }
        "helpers" => {
            config
                .helper_threads(3)
                .helper_keep_alive(Duration::from_millis(100))
                .install()
                .unwrap();
            assert_eq!(nested_helpers(), 20);
        }
        "files" => {
            config.helper_threads(4).install().unwrap();
            let directory = std::env::args().nth(2).expect("a directory");
            let (n_done, n_most) = ten_thousand_files(directory.as_ref());
            assert_eq!(n_done, 10_000);
            assert!((1..=4).contains(&n_most), "{n_most} helpers");
        }
        other => panic!("no case {other}"),
    }
    println!("done");
}
