//! The world of a test that runs its vthreads itself: one at a time, in an order of its own, with a
//! clock that stands still. `README.md` beside this file says who runs what when.

mod here;
mod idle;
#[cfg(all(test, loom))]
mod models;
mod plan;
mod turns;

pub(crate) use here::{ForWorld, Hold, Waited, hold, wait, waits_for_io};
pub(crate) use idle::Pause;
pub(crate) use turns::Above;

use self::plan::{Entry, Plan};
use crate::base::chance::Chance;
use crate::base::clock::StandingClock;
use crate::scheduler::{Orders, ordered};
use crate::task::header::{Queue, TaskRef};
use crate::task::root::Root;
use crate::task::wait_for::Site;
use parking_lot::{Condvar, Mutex};
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The timers that follow the world's clock.
pub(crate) trait Time: Sync {
    /// The time at which to ring next, as the clock counts it: not after the first alarm.
    fn next(&self) -> Option<Duration>;
    /// Wakes the owners of all alarms that are due.
    fn ring(&self);
    /// The world has ended.
    fn end(&'static self);
}

/// What the layers above do for a world.
pub(crate) trait Upper: Send + Sync {
    /// Nothing can run, and nothing will come: cancels `root`, the call of the test's own body.
    fn deadlock(&self, root: Arc<Root>);
}

/// A vthread that was spawned in a world, and has not ended.
#[derive(Debug, Clone)]
pub(crate) struct Alive {
    /// How many were spawned before it.
    pub(crate) number: usize,
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) site: Site,
}

/// The world of a test.
pub(crate) struct World {
    me: Weak<World>,
    /// Who runs, and what could.
    plan: Mutex<Plan>,
    /// Notified when the turn is passed on, and at what comes from other threads.
    changed: Condvar,
    clock: &'static StandingClock,
    time: &'static dyn Time,
    upper: Box<dyn Upper>,
    seed: Option<u64>,
}

impl World {
    /// A world without vthreads.
    pub(crate) fn new(
        (clock, time): (&'static StandingClock, &'static dyn Time),
        seed: Option<u64>,
        upper: Box<dyn Upper>,
    ) -> Arc<Self> {
        Arc::new_cyclic(|me| World {
            me: me.clone(),
            plan: Mutex::new(Plan::new(seed)),
            changed: Condvar::new(),
            clock,
            time,
            upper,
            seed,
        })
    }

    /// The world of the code that runs here, if it has one.
    pub(crate) fn current() -> Option<Arc<Self>> {
        here::world()
    }

    pub(crate) fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// The time that has passed in it.
    pub(crate) fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// The vthreads that have not ended, in the order of their spawns.
    pub(crate) fn alive(&self) -> Vec<Alive> {
        let mut alive: Vec<_> = self.plan.lock().alive.values().cloned().collect();
        alive.sort_unstable_by_key(|vthread| vthread.number);
        alive
    }

    /// Runs `code` on this thread, which runs the world's vthreads whenever a blocking call of
    /// `code` waits.
    ///
    /// # Panics
    /// On a worker, or in another world.
    pub(crate) fn run<R>(self: &Arc<Self>, code: impl FnOnce() -> R) -> R {
        self.within(turns::FIRST, code)
    }

    /// Runs what can run without the passage of time. After `run`, on its thread.
    pub(crate) fn settle(self: &Arc<Self>) {
        self.within(turns::FIRST, || self.run_until(turns::Goal::Quiet));
    }

    /// Runs until every vthread has ended. False: some never will. After `run`, on its thread.
    pub(crate) fn run_to_end(self: &Arc<Self>) -> bool {
        self.within(turns::FIRST, || self.run_until(turns::Goal::AllEnded))
    }

    /// Nothing of it runs any more.
    pub(crate) fn end(&self) {
        let mut plan = self.plan.lock();
        plan.is_over = true;
        let is_empty = plan.alive.is_empty();
        drop(plan);
        self.changed.notify_all();
        if is_empty {
            self.time.end();
        }
    }

    /// Runs `code` on a thread that takes turns.
    fn within<R>(self: &Arc<Self>, hand: turns::Hand, code: impl FnOnce() -> R) -> R {
        let chance = match self.seed {
            None => Chance::of_seed(hand.into(), 0),
            // How often vthreads are interrupted is drawn too: rarely in one run, often in another.
            Some(seed) => Chance::of_seed(seed ^ u64::from(hand) << 32, 2 << (seed % 5)),
        };
        let orders: Arc<dyn Orders> = self.clone();
        here::enter(self, here::Part::Hand(hand), || {
            chance.within(|| ordered(orders, code))
        })
    }

    /// A share in it.
    fn share(&self) -> Arc<Self> {
        self.me.upgrade().expect("borrowed from a share")
    }
}

impl Queue for World {
    fn push(&self, task: TaskRef) {
        self.plan.lock().queue(Entry::Task(task));
        // There is a waiter only while nothing can run.
        self.changed.notify_all();
    }
}

impl Orders for World {
    fn take(&self, task: TaskRef) {
        let header = task.header();
        if !header.state.is_in_world() {
            let alive = (header.name().cloned(), header.site());
            if self.seed.is_some() {
                // Its operations may be interrupted.
                header.vthread.set_takes_turns();
            }
            let address = task.address();
            task.enter_world(self.share());
            self.plan.lock().has_spawned(address, alive);
        }
        self.push(task);
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
