//! Random trees of groups, and a model of what must hold of them.
//!
//! A plan (`scenario`) is generated from a seed (`generate`) and run through the public macros
//! (`run`), by vthreads that sleep, lock, send, receive, fail, panic, time out, shield, defer,
//! spawn into ancestors and cancel each other. They record what they do (`log`), and the model
//! (`model`) reports violations: the order in which parts may run, every destructor once, children
//! before parents, no item lost, the first failure surfaces, no vthread is cancelled without a
//! cause, none continues after its cancellation, and none hangs.
//!
//! `VTHREAD_TREES=n` or `VTHREAD_TREES_SECONDS=n` sets how many; `VTHREAD_TREES_SEED=seed` repeats
//! the trees of one seed.

mod generate;
mod leaf;
mod log;
mod model;
mod pipe;
mod rng;
mod run;
mod scenario;
mod shrink;
mod watch;
mod world;

use std::env;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How many trees a plain `cargo test` runs.
const TREES: u64 = 10_000;
/// How often the tree of one seed is run: its events depend on the schedule.
const AGAIN: u64 = 500;
/// Plain threads with a tree each.
const ROOTS: usize = 4;

#[test]
fn random_trees() {
    watch::silence_planned_panics();
    let number = |name| {
        env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().expect("a number"))
    };
    let one = number("VTHREAD_TREES_SEED");
    let seconds = number("VTHREAD_TREES_SECONDS").map(Duration::from_secs);
    let trees = match (number("VTHREAD_TREES"), seconds, one) {
        (Some(trees), ..) => trees,
        (None, Some(_), _) => u64::MAX,
        (None, None, Some(_)) => AGAIN,
        (None, None, None) => TREES,
    };
    let clock = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    // A plain `cargo test` runs the same plans each time, in whatever order the machine makes.
    let explores = seconds.is_some() || number("VTHREAD_TREES").is_some();
    let first = if explores { clock.as_secs() } else { 1 };
    let base = one.unwrap_or(first << 24);
    println!("trees from seed {base} on");

    let started = Instant::now();
    let (next, vthreads) = (AtomicU64::new(0), AtomicUsize::new(0));
    let has_failed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..ROOTS {
            scope.spawn(|| {
                while !has_failed.load(Ordering::Relaxed)
                    && seconds.is_none_or(|seconds| started.elapsed() < seconds)
                {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= trees {
                        break;
                    }
                    let seed = if one.is_some() { base } else { base + n };
                    match watch::run_seed(seed) {
                        Ok(n) => {
                            vthreads.fetch_add(n, Ordering::Relaxed);
                        }
                        Err(broken) => {
                            if !has_failed.swap(true, Ordering::Relaxed) {
                                tell(seed, broken);
                            }
                        }
                    }
                }
            });
        }
    });
    let trees = next.into_inner().min(trees);
    println!(
        "{trees} trees, {} vthreads, {:.1} s, {} workers",
        vthreads.into_inner(),
        started.elapsed().as_secs_f64(),
        vthread::metrics().workers,
    );
    assert!(!has_failed.into_inner(), "a tree broke a rule: see above");
}

/// As many again, each in an order that is drawn from the seed: `VTHREAD_SEED` repeats one exactly.
#[vthread::test(seeds = 10_000)]
fn random_trees_in_order() {
    watch::silence_planned_panics();
    let seed = vthread::testing::seed();
    if let Err(broken) = watch::run_in_order(generate::grow(seed)) {
        let report = watch::report(&generate::grow(seed), &broken.events);
        panic!(
            "the tree of seed {seed} breaks these rules: {:#?}\nit gave {:?}\n{report}",
            broken.rules, broken.outcome
        );
    }
}

/// Prints how a tree broke, and the smallest one that still does.
fn tell(seed: u64, broken: watch::Broken) {
    let plan = generate::grow(seed);
    eprintln!(
        "the tree of seed {seed} breaks these rules: {:#?}",
        broken.rules
    );
    eprintln!("it gave {:?}", broken.outcome);
    eprintln!("{}", watch::report(&plan, &broken.events));
    let (plan, broken) = shrink::shrink(plan, broken);
    eprintln!("cut down, it breaks these: {:#?}", broken.rules);
    eprintln!("it gave {:?}", broken.outcome);
    eprintln!("{}", watch::report(&plan, &broken.events));
}
