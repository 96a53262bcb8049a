//! The run of a test.

use super::net;
use super::report::Ended;
use crate::call::block_on::try_block_on_prepared;
use crate::cancel::reason::CancelReason;
use crate::driver;
use crate::group::cancel::Walk;
use crate::inspect;
use crate::program::of_test::OfTest;
use crate::task::call::Call;
use crate::task::current;
use crate::task::root::Root;
use crate::task::wait_for::Site;
use crate::world::{Upper, World};
use parking_lot::Mutex;
use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::process::Termination;
use std::sync::Arc;
use std::time::Duration;

/// How long vthreads that are about to end may take when the test has. A machine with other work
/// may keep them waiting; only a test that fails takes so long.
const LAST_MOMENT: Duration = Duration::from_secs(2);
/// How long the cleanup of vthreads may take that live on.
const CLEANUP: Duration = Duration::from_secs(10);

/// The options of `#[vthread::test]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct TestOptions {
    /// The clock stands still while a vthread of the test can run.
    pub virtual_time: bool,
    /// The first seed, and how many there are.
    pub seeds: Option<(u64, u64)>,
}

/// Runs a test: once, or once for each seed.
///
/// # Panics
/// If the test fails.
#[track_caller]
pub fn run_test<R, F>(options: TestOptions, mut body: impl FnMut() -> Call<R, F>)
where
    R: Termination,
    F: Future<Output = R>,
{
    assert!(
        current::with(|running| running.is_none()),
        "a `#[vthread::test]` is called by the test harness, not by a vthread"
    );
    crate::runtime::start();
    // That of the test: dumps show it.
    let site = Location::caller();
    let Some((first, n)) = options.seeds else {
        let ended = match options.virtual_time {
            true => in_world(None, site, &mut body),
            false => on_workers(site, &mut body),
        };
        if let Err(complaint) = ended.judge() {
            panic!("{complaint}");
        }
        return;
    };
    let (first, n) = seed_from_outside().map_or((first, n), |seed| (seed, 1));
    for seed in (0..n).map(|n| first.wrapping_add(n)) {
        let judged = catch_unwind(AssertUnwindSafe(|| {
            in_world(Some(seed), site, &mut body).judge()
        }));
        if matches!(judged, Ok(Ok(()))) {
            continue;
        }
        let repeat = format!("the test fails with the seed {seed}: VTHREAD_SEED={seed} repeats it");
        match judged {
            Ok(Ok(())) => {}
            Ok(Err(complaint)) => panic!("{complaint}\n{repeat}"),
            Err(payload) => {
                eprintln!("\nvthread: {repeat}");
                resume_unwind(payload);
            }
        }
    }
}

/// The seed to repeat.
fn seed_from_outside() -> Option<u64> {
    let text = std::env::var("VTHREAD_SEED").ok()?;
    match text.trim().parse() {
        Ok(seed) => Some(seed),
        Err(_) => panic!("VTHREAD_SEED is to be a number, and is `{text}`"),
    }
}

/// Runs the test in the order of the workers.
fn on_workers<R, F>(site: Site, body: &mut impl FnMut() -> Call<R, F>) -> Ended<R>
where
    F: Future<Output = R>,
{
    let of_test = OfTest::begin();
    let result = of_test.within(|| {
        let body = catch_unwind(AssertUnwindSafe(body))?;
        try_block_on_prepared(body.into_frame(), |root| of_test.begin_body(root, site))
    });
    let left = of_test.wait(LAST_MOMENT);
    if !left.is_empty() {
        of_test.cancel();
        of_test.wait(CLEANUP);
    }
    net::forget(of_test.process());
    Ended {
        result,
        deadlock: None,
        left,
        failures: of_test.end(),
    }
}

/// Runs the test in a world of its own.
fn in_world<R, F>(seed: Option<u64>, site: Site, body: &mut impl FnMut() -> Call<R, F>) -> Ended<R>
where
    F: Future<Output = R>,
{
    let of_test = OfTest::begin();
    let dump = Arc::new(Mutex::new(None));
    let upper = Deadlocks {
        of_test,
        dump: dump.clone(),
    };
    let world = World::new(driver::begin_standing(), seed, Box::new(upper));
    let result = world.run(|| {
        of_test.within(|| {
            let body = catch_unwind(AssertUnwindSafe(body))?;
            try_block_on_prepared(body.into_frame(), |root| {
                of_test.begin_body(root, site);
                if seed.is_some() {
                    // Its operations may be interrupted.
                    root.vthread.set_takes_turns();
                }
            })
        })
    });
    world.settle();
    let left = of_test.left();
    if !left.is_empty() {
        world.run(|| of_test.cancel());
        world.run_to_end();
    }
    world.end();
    net::forget(of_test.process());
    let deadlock = dump.lock().take();
    Ended {
        result,
        deadlock,
        left,
        failures: of_test.end(),
    }
}

/// The answer to a deadlock: a dump, and the end of the test.
struct Deadlocks {
    of_test: OfTest,
    dump: Arc<Mutex<Option<String>>>,
}

impl Upper for Deadlocks {
    fn deadlock(&self, root: Arc<Root>) {
        let dump = inspect::dump_of_test(self.of_test.process());
        *self.dump.lock() = Some(dump.to_string());
        let mut walk = Walk::new();
        walk.mark_root(root, &CancelReason::Deadlock);
        walk.finish();
    }
}
