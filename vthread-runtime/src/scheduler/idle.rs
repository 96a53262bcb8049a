//! The sleep protocol of `README.md`: the sleepers, the searchers, and which worker to wake.

use crate::primitive::{AtomicUsize, Mutex, Ordering, fence};

/// One worker that searches for work.
const SEARCHING: usize = 1;
/// One worker that is awake.
const AWAKE: usize = 1 << 16;
const SEARCHING_MASK: usize = AWAKE - 1;

/// The counts, and the list of sleepers.
#[derive(Debug)]
pub(super) struct Idle {
    /// Low half: workers searching. High half: workers awake. Changed under `sleepers` when a
    /// worker falls asleep or is woken.
    counts: AtomicUsize,
    sleepers: Mutex<Vec<usize>>,
    workers: usize,
}

impl Idle {
    /// All workers awake, none searching.
    pub(super) fn new(workers: usize) -> Self {
        Idle {
            counts: AtomicUsize::new(workers * AWAKE),
            sleepers: Mutex::new(Vec::with_capacity(workers)),
            workers,
        }
    }

    /// Called after work was posted: returns the sleeper to wake, if one must be woken. It counts
    /// as awake and searching already.
    #[inline]
    pub(super) fn worker_to_wake(&self) -> Option<usize> {
        // Pairs with the fence of `sleep`: either the poster sees the sleeper, or the sleeper
        // sees the work.
        fence(Ordering::SeqCst);
        if !self.wants_help() {
            return None;
        }
        self.take_sleeper()
    }

    #[cold]
    fn take_sleeper(&self) -> Option<usize> {
        let mut sleepers = self.sleepers.lock();
        if !self.wants_help() {
            return None;
        }
        let worker = sleepers.pop()?;
        self.counts.fetch_add(AWAKE + SEARCHING, Ordering::SeqCst);
        Some(worker)
    }

    /// There is a sleeper, and no searcher.
    #[inline]
    fn wants_help(&self) -> bool {
        let counts = self.counts.load(Ordering::SeqCst);
        counts & SEARCHING_MASK == 0 && counts / AWAKE < self.workers
    }

    /// A worker without work begins to search, unless enough others do.
    pub(super) fn start_searching(&self) -> bool {
        let counts = self.counts.load(Ordering::SeqCst);
        if 2 * (counts & SEARCHING_MASK) >= self.workers {
            return false;
        }
        self.counts.fetch_add(SEARCHING, Ordering::SeqCst);
        true
    }

    /// A searcher found work. True: it was the last searcher, and must wake another worker, since
    /// more work may have been posted without a wake.
    #[must_use]
    pub(super) fn stop_searching(&self) -> bool {
        let before = self.counts.fetch_sub(SEARCHING, Ordering::SeqCst);
        before & SEARCHING_MASK == SEARCHING
    }

    /// `worker` is about to fall asleep. It must look once more at every queue afterwards, and wake
    /// a worker if there is work: a poster that still saw it awake, or searching, woke none.
    pub(super) fn sleep(&self, worker: usize, searching: bool) {
        let mut sleepers = self.sleepers.lock();
        sleepers.push(worker);
        let change = AWAKE + if searching { SEARCHING } else { 0 };
        self.counts.fetch_sub(change, Ordering::SeqCst);
        drop(sleepers);
        // Pairs with the fence of `worker_to_wake`.
        fence(Ordering::SeqCst);
    }

    /// A worker came back from its sleep by itself (an event, not a poster). False: a poster has
    /// taken it from the list, and it counts as awake and searching already.
    #[must_use]
    pub(super) fn wake_by_itself(&self, worker: usize) -> bool {
        let mut sleepers = self.sleepers.lock();
        match sleepers.iter().position(|sleeper| *sleeper == worker) {
            Some(at) => {
                sleepers.swap_remove(at);
                self.counts.fetch_add(AWAKE, Ordering::SeqCst);
                true
            }
            None => false,
        }
    }

    /// How many workers are awake.
    pub(super) fn n_awake(&self) -> usize {
        self.counts.load(Ordering::SeqCst) / AWAKE
    }

    /// Whether `worker` is still on the list.
    pub(super) fn is_asleep(&self, worker: usize) -> bool {
        self.sleepers.lock().contains(&worker)
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::primitive::{Arc, AtomicBool, thread};

    /// A queue of one place, and a worker's way to sleep.
    struct World {
        idle: Idle,
        work: [AtomicBool; 2],
        woken: [AtomicBool; 2],
    }

    impl World {
        fn post(&self, at: usize) {
            self.work[at].swap(true, Ordering::AcqRel);
            self.wake_a_worker();
        }

        fn take(&self) -> usize {
            self.work
                .iter()
                .filter(|work| work.swap(false, Ordering::AcqRel))
                .count()
        }

        fn wake_a_worker(&self) {
            if let Some(worker) = self.idle.worker_to_wake() {
                self.woken[worker].swap(true, Ordering::AcqRel);
            }
        }

        /// A worker: searches, sleeps, looks again. Returns what it found when it sleeps.
        fn worker(&self, me: usize, mut searching: bool) -> usize {
            let mut found = 0;
            loop {
                searching = searching || self.idle.start_searching();
                let now = self.take();
                found += now;
                if now > 0 {
                    if std::mem::take(&mut searching) && self.idle.stop_searching() {
                        self.wake_a_worker();
                    }
                    continue;
                }
                self.idle.sleep(me, searching);
                if self.work.iter().any(|work| work.load(Ordering::Acquire)) {
                    self.wake_a_worker();
                }
                if !self.woken[me].swap(false, Ordering::AcqRel) {
                    return found;
                }
                searching = true;
            }
        }

        /// Called after all threads are done: a worker that was woken too late to see it goes on.
        fn settle(&self) -> usize {
            let mut found = 0;
            while let Some(me) = (0..2).find(|me| self.woken[*me].swap(false, Ordering::AcqRel)) {
                found += self.worker(me, true);
            }
            found
        }
    }

    fn world(workers: usize) -> Arc<World> {
        Arc::new(World {
            idle: Idle::new(workers),
            work: [AtomicBool::new(false), AtomicBool::new(false)],
            woken: [AtomicBool::new(false), AtomicBool::new(false)],
        })
    }

    /// Work posted while a worker falls asleep is found.
    #[test]
    fn loom_idle_no_work_is_forgotten() {
        loom::model(|| {
            let world = world(1);
            let other = world.clone();
            let worker = thread::spawn(move || other.worker(0, false));
            world.post(0);
            world.post(1);
            let found = worker.join().unwrap() + world.settle();
            assert_eq!(found, 2);
        });
    }

    /// Two workers and a poster.
    #[test]
    fn loom_idle_two_workers() {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(2);
        model.max_branches = 20_000;
        model.check(|| {
            let world = world(2);
            let workers: Vec<_> = (0..2)
                .map(|me| {
                    let world = world.clone();
                    thread::spawn(move || world.worker(me, false))
                })
                .collect();
            world.post(0);
            let found: usize = workers.into_iter().map(|w| w.join().unwrap()).sum();
            assert_eq!(found + world.settle(), 1);
        });
    }
}
