//! Groups as a whole: the job of the first page, nesting, handles of groups, options.

use super::fetching::{Error, fetch, names};
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::{Group, yield_now};

#[vthread]
fn download_all(urls: &[String]) -> Result<HashMap<String, String>, Error> {
    let results = Mutex::new(HashMap::new());
    group! {
        for url in urls {
            spawn! {
                let body = fetch(url)?;
                results.lock().insert(url.clone(), body);
            }
        }
    }?;
    Ok(results.into_inner())
}

#[test]
fn the_first_example() {
    assert_eq!(download_all(&names(5)).unwrap().len(), 5);
    assert_eq!(
        download_all(&["a".into(), "bad".into()]),
        Err(Error("no bad".into()))
    );
}

struct Listener(AtomicU32);
struct Stream(u32);

#[vthread]
impl Listener {
    fn accept(&self) -> io::Result<(Stream, u32)> {
        yield_now();
        match self.0.fetch_add(1, Ordering::Relaxed) {
            3 => Err(io::Error::other("closed")),
            n => Ok((Stream(n), n)),
        }
    }
}

#[vthread]
fn handle(stream: Stream, peer: u32, seen: &Mutex<Vec<u32>>) -> io::Result<()> {
    seen.lock().push(stream.0 + peer);
    Ok(())
}

#[vthread]
fn serve(listener: &Listener, seen: &Mutex<Vec<u32>>) -> io::Result<()> {
    group! {
        loop {
            let (stream, peer) = listener.accept()?;
            let served = spawn! { handle(stream, peer, seen)?; };
            served.join();
        }
    }
}

#[test]
fn an_accept_loop() {
    let seen = Mutex::new(vec![]);
    let error = serve(&Listener(AtomicU32::new(0)), &seen).unwrap_err();
    assert_eq!(error.to_string(), "closed");
    assert_eq!(seen.into_inner(), [0, 2, 4]);
}

#[vthread]
fn producers_and_consumers(n: u32) -> u32 {
    let (tx, rx) = channel::<u32>(2);
    let total = Mutex::new(0);
    group! {
        for i in 0..3 {
            let tx = tx.clone();
            spawn! {
                for k in 0..n {
                    tx.send(i * 100 + k).unwrap();
                }
            }
        }
        drop(tx);
        for _ in 0..2 {
            let rx = rx.clone();
            spawn! {
                while let Ok(message) = rx.recv() {
                    *total.lock() += message;
                }
            }
        }
    }
    total.into_inner()
}

#[test]
fn over_a_channel() {
    assert_eq!(
        producers_and_consumers(4),
        (0..3).map(|i| i * 400 + 6).sum::<u32>()
    );
}

#[vthread]
fn helper<'scope>(
    g: &Group<'scope, Error>,
    urls: &'scope [String],
    out: &'scope Mutex<Vec<String>>,
) -> Result<(), Error> {
    for url in urls {
        spawn!(g => {
            let body = fetch(url)?;
            out.lock().push(body);
        });
    }
    Ok(())
}

#[vthread]
fn with_helper(first: &[String]) -> Result<usize, Error> {
    let second = names(2);
    let out = Mutex::new(vec![]);
    group!(g => {
        helper(g, first, &out)?;
        helper(g, &second, &out)?;
    })?;
    Ok(out.into_inner().len())
}

#[vthread]
fn into_the_outer_group() -> usize {
    let out = Mutex::new(vec![]);
    group!(g => {
        for i in 0..2 {
            let tag = format!("t{i}");
            group! {
                let k = i + 10;
                spawn! { out.lock().push(format!("{tag}{k}")); }
                spawn!(g => {
                    yield_now();
                    out.lock().push(format!("late {k}"));
                });
            }
        }
    });
    out.into_inner().len()
}

#[vthread]
fn siblings(n: u32, seen: &Mutex<Vec<u32>>) {
    group! {
        for i in 0..n {
            spawn! {
                seen.lock().push(i);
                let tenfold = i * 10;
                spawn! {
                    yield_now();
                    seen.lock().push(tenfold + i);
                }
            }
        }
    }
}

#[test]
fn handles_of_groups() {
    assert_eq!(with_helper(&names(3)), Ok(5));
    assert_eq!(into_the_outer_group(), 4);
    let seen = Mutex::new(vec![]);
    siblings(3, &seen);
    assert_eq!(
        super::fetching::sorted(seen.into_inner()),
        [0, 0, 1, 2, 11, 22]
    );
}

#[vthread]
fn at_most(n: usize, limit: usize) -> usize {
    let running = AtomicUsize::new(0);
    let peak = AtomicUsize::new(0);
    group!(max_concurrency = limit, name = "limited" => {
        for _ in 0..n {
            spawn! {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                peak.fetch_max(now, Ordering::SeqCst);
                yield_now();
                running.fetch_sub(1, Ordering::SeqCst);
            }
        }
    });
    peak.into_inner()
}

#[vthread]
fn named_and_service() -> Vec<String> {
    let mut all = Vec::new();
    group!(g, name = "workers", max_concurrency = 1 + 2 => {
        spawn!(service => {
            loop {
                yield_now();
            }
        });
        for i in 0..3 {
            let task = spawn!(name = format!("worker {i}") => { yield_now(); });
            all.push(task.name().unwrap().to_owned());
        }
        spawn!(g, name = "x", move => { yield_now(); });
    });
    all
}

#[test]
fn options() {
    assert!(at_most(8, 2) <= 2);
    assert_eq!(named_and_service(), ["worker 0", "worker 1", "worker 2"]);
}

#[vthread]
fn panicking() -> Result<(), Error> {
    group! {
        spawn! {
            yield_now();
            panic!("boom");
        }
        loop {
            yield_now();
        }
    }
}

#[test]
fn a_panic_climbs_to_the_parent() {
    let panic = std::panic::catch_unwind(panicking).unwrap_err();
    assert_eq!(*panic.downcast_ref::<&str>().unwrap(), "boom");
}
