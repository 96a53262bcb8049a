//! Crowds of vthreads come and go. Prints the process's memory before them, and the memory during
//! each and after it, in bytes.

use std::fs;
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::{Barrier, Receiver, channel};

const CROWD: usize = 100_000;
const ROUNDS: usize = 3;

/// The most that is left of a crowd's memory is a fifth. The system needs some time to take it.
const PATIENCE: Duration = Duration::from_secs(20);

#[vthread]
fn crowd(n: usize) -> usize {
    let (tx, rx) = channel::<()>(1);
    let are_here = Barrier::new(n + 1);
    group! {
        for _ in 0..n {
            spawn! { visit(&are_here, &rx) }
        }
        are_here.wait();
        let peak = resident();
        drop(tx);
        peak
    }
}

#[vthread]
fn visit(are_here: &Barrier, over: &Receiver<()>) {
    let on_the_heap = vec![7; 100];
    are_here.wait();
    let _ = over.recv();
    drop(on_the_heap);
}

fn resident() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").expect("it is Linux");
    let pages = statm.split(' ').nth(1).expect("two numbers or more");
    4096 * pages.parse::<usize>().expect("a number")
}

fn main() {
    crowd(1000);
    let before = resident();
    println!("{before}");
    for _ in 0..ROUNDS {
        let peak = crowd(CROWD);
        let most = before + (peak - before) / 5;
        let end = Instant::now() + PATIENCE;
        let mut after = resident();
        while after > most && Instant::now() < end {
            std::thread::yield_now();
            after = resident();
        }
        println!("{peak} {after}");
    }
}
