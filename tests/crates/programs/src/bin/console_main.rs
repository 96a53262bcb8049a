//! A program to look at: connections that are alike, jobs of which some wait for room, a lock that
//! one has, two vthreads in a deadlock. It runs until its standard input ends.
//!
//! Arguments: the number of connections, and a case. `configured`: the program asks for the console
//! itself. `stuck`: every worker computes. `named`: each connection has a name of its own. `busy`:
//! some vthreads compute and sleep.

use std::hint::black_box;
use std::io::Read as _;
use vthread::prelude::*;
use vthread::sync::{Barrier, Mutex, Receiver, channel};
use vthread::time::{Duration, sleep};

#[vthread]
fn serve(requests: &Receiver<()>) {
    let _ = requests.recv();
}

#[vthread]
fn handle(requests: &Receiver<()>) {
    group!(name = "connection" => {
        spawn!(name = "reader" => { serve(requests); });
        spawn!(name = "writer" => { serve(requests); });
    });
}

#[vthread]
fn work(requests: &Receiver<()>) {
    group!(name = "jobs", max_concurrency = 3 => {
        for n in 0..5 {
            spawn!(name = format!("job {n}") => { serve(requests); });
        }
    });
}

#[vthread]
fn embrace(first: &Mutex<u64>, second: &Mutex<u64>, met: &Barrier) {
    let _one = first.lock();
    met.wait();
    let _other = second.lock();
}

/// Works now more and now less.
#[vthread]
fn tick(n: u64) {
    for round in n.. {
        sleep(Duration::from_millis(20 + (round * 7) % 90));
        let load = (round / 40) % 5;
        for step in 0..20_000 * load {
            black_box(step);
        }
    }
}

/// Letters for a number: names that differ in more than their numbers.
fn letters(n: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
    [n / 676, n / 26, n].map(letter).iter().collect()
}

#[vthread]
fn program(n_connections: usize, case: &str) {
    let (_sender, requests) = channel::<()>(1);
    let table = Mutex::new(0);
    let [left, right] = [Mutex::new(0), Mutex::new(0)];
    let met = Barrier::new(2);
    group!(name = "server" => {
        for n in 0..n_connections {
            let name = match case {
                "named" => format!("client {}", letters(n)),
                _ => format!("client {n}"),
            };
            spawn!(name = name => { handle(&requests); });
        }
        spawn!(name = "<b>jobs</b>" => { work(&requests); });
        spawn!(name = "holder" => {
            let mut table = table.lock();
            serve(&requests);
            *table += 1;
        });
        while table.try_lock().is_some() {
            vthread::yield_now();
        }
        for _ in 0..20 {
            spawn! { *table.lock() += 1; }
        }
        if case == "busy" {
            for n in 0..20 {
                spawn!(name = format!("ticker {n}") => { tick(n); });
            }
        }
        group!(name = "embrace" => {
            spawn!(name = "left" => { embrace(&left, &right, &met); });
            spawn!(name = "right" => { embrace(&right, &left, &met); });
            if case == "stuck" {
                for _ in 0..vthread::metrics().workers {
                    spawn!(name = "computes" => {
                        loop {
                            black_box(());
                        }
                    });
                }
            }
        });
    });
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let n_connections = arguments.next().map(|n| n.parse().expect("a number"));
    let case = arguments.next().unwrap_or_default();
    if case == "configured" {
        let config = vthread::Config::new().console(([127, 0, 0, 1], 0).into());
        config.install().unwrap();
    }
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    program(n_connections.unwrap_or(10_000), &case);
}
