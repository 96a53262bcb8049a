//! Runs one tree under a watchdog, and checks it with the model.

use crate::generate::grow;
use crate::log::{Event, Fail, Log, Thrown};
use crate::model;
use crate::run::root;
use crate::scenario::Plan;
use crate::world::World;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Once};
use std::thread;
use std::time::{Duration, Instant};
use vthread::prelude::*;

/// How a tree ended, seen from the thread that ran it.
#[derive(Debug)]
pub(crate) enum Outcome {
    Passed,
    Failed(Fail),
    Panicked(Thrown),
    /// With a panic that was not planned.
    Strange,
}

/// A tree that broke a rule.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) rules: Vec<String>,
    pub(crate) events: Vec<Event>,
    pub(crate) outcome: Outcome,
}

/// How many vthreads a tree had, at least.
pub(crate) fn run(plan: Plan) -> Result<usize, Broken> {
    let world = World::new(plan);
    let watched = Watched::new(&world);
    let result = catch_unwind(AssertUnwindSafe(|| root(&world, world.plan.steps())));
    let judged = judge(world, result);
    drop(watched);
    judged
}

/// The same in a test that runs its vthreads itself.
#[vthread]
pub(crate) fn run_in_order(plan: Plan) -> Result<usize, Broken> {
    let world = World::new(plan);
    let result = catch_unwind! { root(&world, world.plan.steps()) };
    judge(world, result)
}

fn judge(mut world: World, result: thread::Result<Result<(), Fail>>) -> Result<usize, Broken> {
    let outcome = match result {
        Ok(Ok(())) => Outcome::Passed,
        Ok(Err(fail)) => Outcome::Failed(fail),
        Err(payload) => match Thrown::of(&*payload) {
            Some(thrown) => Outcome::Panicked(thrown),
            None => Outcome::Strange,
        },
    };
    world.close();
    let (events, mut rules, alive) = world.log.close();
    if alive != 0 {
        rules.push(format!("{alive} objects are still alive"));
    }
    rules.extend(model::check(&world.plan, &events, &outcome));
    if rules.is_empty() {
        return Ok(crate::log::vthreads(&events));
    }
    Err(Broken {
        rules,
        events,
        outcome,
    })
}

/// Like `run`, for the plan of a seed.
pub(crate) fn run_seed(seed: u64) -> Result<usize, Broken> {
    run(grow(seed))
}

/// How long a tree may take. A tree takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

static RUNNING: Mutex<Vec<(Instant, Plan, Arc<Log>)>> = Mutex::new(Vec::new());

/// A tree while it runs: if it hangs, the process reports it, and aborts.
struct Watched(Arc<Log>);

impl Watched {
    fn new(world: &World) -> Self {
        static WATCHDOG: Once = Once::new();
        WATCHDOG.call_once(|| {
            std::thread::spawn(watchdog);
        });
        let watched = (Instant::now(), world.plan.clone(), world.log.clone());
        RUNNING.lock().unwrap().push(watched);
        Watched(world.log.clone())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let mut running = RUNNING.lock().unwrap_or_else(|poison| poison.into_inner());
        running.retain(|(_, _, log)| !Arc::ptr_eq(log, &self.0));
    }
}

fn watchdog() {
    loop {
        std::thread::sleep(PATIENCE / 20);
        let running = RUNNING.lock().unwrap();
        if let Some((_, plan, log)) = running
            .iter()
            .find(|(since, ..)| since.elapsed() > PATIENCE)
        {
            eprintln!("a tree hangs\n{}", report(plan, &log.snapshot()));
            std::process::abort();
        }
    }
}

/// What is needed to examine a tree: its plan, its last events, and how to repeat it.
pub(crate) fn report(plan: &Plan, events: &[Event]) -> String {
    use std::fmt::Write;
    let mut text = format!("seed {}\nplan:\n{plan}log:\n", plan.seed);
    let first = events.len().saturating_sub(400);
    for (at, event) in events.iter().enumerate().skip(first) {
        let _ = writeln!(
            text,
            "{at:5} {:7} us {:4} {:?}",
            event.micros, event.id, event.what
        );
    }
    let _ = writeln!(
        text,
        "again: VTHREAD_TREES_SEED={} cargo test --test trees",
        plan.seed
    );
    text
}

/// Keeps the planned panics silent.
pub(crate) fn silence_planned_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if Thrown::of(info.payload()).is_none() {
                hook(info);
            }
        }));
    });
}
