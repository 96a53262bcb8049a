//! The monitor: a thread that makes sure that no vthread waits behind a stuck one.
//!
//! It looks every few milliseconds, and sleeps while no worker is awake. `README.md` beside this
//! file describes how a stuck worker is relieved.

use super::core::Core;
use super::remote::Remote;
use super::threads::tell_of_refusal;
use super::{Scheduler, threads};
use crate::base::blocks::{self, Surplus};
use crate::primitive::{AtomicBool, Ordering, fence};
use crate::task::stack;
use crate::task::wait_for::Site;
use crate::trace;
use parking_lot::{Condvar, Mutex};
use std::panic::Location;
use std::ptr;
use std::time::{Duration, Instant};

/// The pause between two looks.
const PACE: Duration = Duration::from_millis(5);
/// The number of looks after which memory that was not needed meanwhile is given back: a second.
const SEASON: u32 = 200;
/// How long one poll may take while work waits for its thread.
const PATIENCE: Duration = Duration::from_millis(10);
/// The longest pause while no worker is awake, but a relieved thread has not come back.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A poll that kept its thread for longer than 10 ms while other vthreads waited for the thread.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StuckPoll {
    /// Where the vthread was spawned. `None` if the thread was stuck in a waker, or lost its
    /// processor between two polls.
    pub spawned_at: Option<&'static Location<'static>>,
    /// How long it took; how long it has taken so far, if it has not ended. Known to about five
    /// milliseconds.
    pub lasted: Duration,
}

/// The monitor's records, and the state that it shares with the workers.
#[derive(Debug)]
pub(super) struct Monitor {
    /// It sleeps; a thread that wakes a worker wakes it too.
    is_asleep: AtomicBool,
    lock: Mutex<()>,
    called: Condvar,
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
struct Records {
    n_relieved: usize,
    /// Relieved threads that have not come back.
    stuck: Vec<Stuck>,
    longest: Option<StuckPoll>,
    /// Cores without a seat.
    #[allow(clippy::vec_box)] // Cores are handed about as boxes.
    retired: Vec<Box<Core>>,
}

#[derive(Debug)]
struct Stuck {
    remote: &'static Remote,
    site: Option<Site>,
    since: Instant,
}

impl Stuck {
    fn poll(&self) -> StuckPoll {
        StuckPoll {
            spawned_at: self.site,
            lasted: self.since.elapsed(),
        }
    }
}

/// The monitor's observations so far.
struct Round {
    seats: Vec<Seen>,
    n_turns: usize,
    looked: Instant,
    /// When a thread was last seen in the driver.
    driven: Instant,
}

/// The monitor's observations of a seat.
struct Seen {
    remote: &'static Remote,
    round: usize,
    since: Instant,
}

impl Seen {
    fn now(remote: &'static Remote, now: Instant) -> Self {
        Seen {
            remote,
            round: remote.rounds(),
            since: now,
        }
    }
}

impl Round {
    fn begin(scheduler: &Scheduler) -> Self {
        let now = Instant::now();
        let seats = scheduler.seats.iter();
        Round {
            seats: seats.map(|seat| Seen::now(seat.remote(), now)).collect(),
            n_turns: scheduler.driver.n_turns(),
            looked: now,
            driven: now,
        }
    }

    fn look(&mut self, scheduler: &'static Scheduler) {
        let now = Instant::now();
        let elapsed = now.duration_since(std::mem::replace(&mut self.looked, now));
        let n_turns = scheduler.driver.n_turns();
        if n_turns != self.n_turns || scheduler.driver.is_waited_in() {
            self.n_turns = n_turns;
            self.driven = now;
        }
        let is_driver_idle = now.duration_since(self.driven) >= PATIENCE;
        let mut shall_ask = is_driver_idle;
        for (index, seen) in self.seats.iter_mut().enumerate() {
            let remote = scheduler.seats[index].remote();
            let is_same = ptr::eq(seen.remote, remote) && seen.round == remote.rounds();
            let is_awake = remote.hold.is_held();
            if is_awake {
                scheduler.seats[index].was_busy(elapsed);
            }
            if !is_awake {
                *seen = Seen::now(remote, now);
            } else if !is_same {
                *seen = Seen::now(remote, now);
                if std::mem::take(&mut shall_ask) {
                    remote.hold.ask();
                }
            } else if now.duration_since(seen.since) >= PATIENCE {
                scheduler.attend(index, remote, seen.since, is_driver_idle);
            }
        }
    }
}

impl Monitor {
    pub(super) fn new() -> Self {
        Monitor {
            is_asleep: AtomicBool::new(false),
            lock: Mutex::new(()),
            called: Condvar::new(),
            records: Mutex::default(),
        }
    }

    /// Called when a worker is awake: the monitor must be awake too.
    pub(super) fn call(&self) {
        // Pairs with the fence of `sleep`: either the monitor sees that the worker is awake, or
        // this thread sees it asleep.
        fence(Ordering::SeqCst);
        if self.is_asleep.load(Ordering::Relaxed) {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        if self.is_asleep.swap(false, Ordering::AcqRel) {
            // The sleeper looks at the flag under the lock before it waits.
            drop(self.lock.lock());
            self.called.notify_one();
        }
    }

    /// Sleeps until a worker is awake, at most for `longest`.
    fn sleep(&self, longest: Option<Duration>, is_needed: impl Fn() -> bool) {
        self.is_asleep.swap(true, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        if !is_needed() {
            let mut guard = self.lock.lock();
            while self.is_asleep.load(Ordering::Acquire) {
                match longest {
                    None => self.called.wait(&mut guard),
                    Some(longest) => {
                        self.called.wait_for(&mut guard, longest);
                        break;
                    }
                }
            }
        }
        self.is_asleep.swap(false, Ordering::AcqRel);
    }

    /// Called when a relieved thread has come back, with its core.
    pub(super) fn came_back(&self, core: Box<Core>) {
        let mut records = self.records.lock();
        let at = records
            .stuck
            .iter()
            .position(|stuck| ptr::eq(stuck.remote, core.remote));
        let poll = at.map(|at| records.stuck.swap_remove(at).poll());
        if let Some(poll) = poll {
            let longest = records.longest.get_or_insert(poll);
            if longest.lasted < poll.lasted {
                *longest = poll;
            }
        }
        core.remote.hold.retire();
        records.retired.push(core);
        drop(records);
        if let Some(poll) = poll {
            trace::came_back(poll.spawned_at, poll.lasted);
        }
    }

    /// How many workers were relieved so far.
    pub(super) fn n_relieved(&self) -> usize {
        self.records.lock().n_relieved
    }

    /// The unfinished polls whose workers were relieved.
    pub(super) fn stuck(&self) -> Vec<StuckPoll> {
        self.records.lock().stuck.iter().map(Stuck::poll).collect()
    }

    /// The longest of the polls whose workers were relieved.
    pub(super) fn longest(&self) -> Option<StuckPoll> {
        let records = self.records.lock();
        let open = records.stuck.iter().map(Stuck::poll);
        open.chain(records.longest).max_by_key(|poll| poll.lasted)
    }
}

impl Scheduler {
    /// Starts the monitor's thread.
    pub(super) fn start_monitor(&'static self) {
        let started = threads::start_beside("monitor", || self.watch_over());
        if let Err(error) = started {
            eprintln!(
                "vthread: the monitor has no OS thread ({error}); \
                 a vthread that computes for long holds up those behind it"
            );
        }
    }

    fn watch_over(&'static self) {
        let mut round = Round::begin(self);
        let mut pause = PACE;
        let mut shortage = None;
        let mut looks = 0;
        loop {
            std::thread::sleep(PACE);
            stack::renew_clock();
            looks = (looks + 1) % SEASON;
            if looks == 0 {
                blocks::give_back(Surplus::Unneeded);
            }
            if self.idle.n_awake() > 0 || threads::is_short() {
                pause = PACE;
            } else {
                blocks::give_back(Surplus::All);
                let has_stuck = !self.monitor.records.lock().stuck.is_empty();
                self.monitor
                    .sleep(has_stuck.then_some(pause), || self.idle.n_awake() > 0);
                pause = LONGEST_PAUSE.min(pause * 2);
                // Observations from before the sleep are void after it.
                round = Round::begin(self);
            }
            self.sweep();
            round.look(self);
            shortage = self.judge(shortage);
        }
    }

    /// Collects the tasks that a thread pushed to its queues after it was relieved, before it
    /// noticed.
    fn sweep(&self) {
        let records = self.monitor.records.lock();
        for stuck in &records.stuck {
            self.empty(stuck.remote);
        }
    }

    /// Called when the thread at this seat has been in one poll for too long.
    fn attend(
        &'static self,
        index: usize,
        remote: &'static Remote,
        since: Instant,
        is_driver_idle: bool,
    ) {
        let has_sleepers = self.idle.n_awake() < self.seats.len();
        if is_driver_idle && has_sleepers {
            // One of them waits there from now on.
            self.wake_a_worker();
        }
        let waits = !has_sleepers && (is_driver_idle || self.has_injected());
        if !waits && !remote.has_work() {
            return;
        }
        // A refusal is reported, and tried again.
        if let Err(refused) = self.provide_spare() {
            return tell_of_refusal(&refused);
        }
        let mut records = self.monitor.records.lock();
        if !remote.hold.relieve() {
            return self.forgo_spare();
        }
        let mut core = match records.retired.pop() {
            Some(core) => core,
            None => Box::new(Core::new(index)),
        };
        let stuck = Stuck {
            remote,
            site: remote.polled(),
            since,
        };
        core.sit_down(index, stuck.poll());
        records.n_relieved += 1;
        records.stuck.push(stuck);
        self.seats[index].change(core.remote);
        drop(records);
        self.empty(remote);
        self.give_to_spare(core);
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::primitive::{Arc, AtomicUsize, thread};

    /// A worker wakes while the monitor falls asleep: the monitor wakes too.
    #[test]
    fn loom_relief_the_monitor_wakes_with_a_worker() {
        struct World {
            is_asleep: AtomicBool,
            n_awake: AtomicUsize,
        }
        loom::model(|| {
            let world = Arc::new(World {
                is_asleep: AtomicBool::new(false),
                n_awake: AtomicUsize::new(0),
            });
            let worker = {
                let world = world.clone();
                thread::spawn(move || {
                    world.n_awake.fetch_add(1, Ordering::SeqCst);
                    fence(Ordering::SeqCst);
                    world.is_asleep.load(Ordering::Relaxed)
                        && world.is_asleep.swap(false, Ordering::AcqRel)
                })
            };
            world.is_asleep.swap(true, Ordering::AcqRel);
            fence(Ordering::SeqCst);
            let goes_on = world.n_awake.load(Ordering::SeqCst) > 0;
            let is_woken = worker.join().unwrap();
            assert!(goes_on || is_woken, "it sleeps, and a worker is awake");
        });
    }
}
