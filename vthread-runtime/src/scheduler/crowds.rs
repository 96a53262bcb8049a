//! Tasks that were woken at once, in large numbers: the children of a cancelled group.
//!
//! In the deque of the worker that has woken them the deque would grow to their number, and others
//! would steal from it. But most of these tasks only drop their frames, each in less time than its
//! memory takes from one core to another, and two workers at it meet at locks that each of them
//! needs. So one worker takes a *portion* after the other. Another one may take the next only if
//! that has not come for as long as it takes to move a portion: the tasks are long ones, or the
//! worker has other things to do.
//!
//! *No work is forgotten.* A crowd is work that every worker sees at S3 (`README.md`): its number
//! is published before the poster's fence. A searcher whose turn it is not waits a while, as a
//! searcher; when it sleeps it finds the crowd again at S3, and wakes a worker, itself perhaps.
//! (`loom_crowds_no_task_is_forgotten`.)

use super::thief::PRICE;
use crate::primitive::{AtomicU64, AtomicUsize, Mutex, Ordering, shrunk};
use crate::task::header::TaskRef;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use std::vec;

/// How many tasks a worker takes at once. With what a spawner queues in one poll they fit into a
/// deque that has not grown.
pub(super) const PORTION: usize = shrunk(16, 1) as usize;
/// The same of a worker that has others to run, and so takes some only when it looks around. A
/// crowd is over after a few turns of theirs then.
pub(super) const LARGE: usize = 64 * PORTION;
/// How long the worker that took the last portion may need for each task of it.
const PATIENCE: Duration = PRICE;

/// The crowds that wait, the oldest first.
#[derive(Debug)]
pub(super) struct Crowds {
    /// How many tasks are left in them. Written under the lock.
    n_left: AtomicUsize,
    /// The seat whose worker took the last portion, and until when it has the turn, in nanoseconds
    /// since `start`. Written under the lock. Who has read it without looks again.
    taker: AtomicUsize,
    until: AtomicU64,
    start: Instant,
    waiting: Mutex<VecDeque<vec::IntoIter<TaskRef>>>,
}

impl Crowds {
    /// The least number of tasks that are a crowd.
    pub(super) const LEAST: usize = 4 * PORTION;

    pub(super) fn new() -> Self {
        Crowds {
            n_left: AtomicUsize::new(0),
            taker: AtomicUsize::new(usize::MAX),
            until: AtomicU64::new(0),
            start: Instant::now(),
            waiting: Mutex::new(VecDeque::new()),
        }
    }

    /// Nanoseconds since the scheduler was made.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many tasks wait here.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.n_left.load(Ordering::Acquire)
    }

    /// Queues tasks. The worker at `seat`, which is this thread, takes the first portion. The
    /// caller wakes another one.
    pub(super) fn push(&self, tasks: Vec<TaskRef>, seat: Option<usize>) {
        let mut waiting = self.waiting.lock();
        let n_left = self.n_left.load(Ordering::Relaxed) + tasks.len();
        waiting.push_back(tasks.into_iter());
        if let Some(seat) = seat {
            self.set_turn(seat, self.now(), PORTION);
        }
        self.n_left.store(n_left, Ordering::Release);
    }

    /// Whether it is the turn of the worker at `seat`.
    pub(super) fn are_open_to(&self, seat: usize) -> bool {
        self.are_open_at(self.now(), seat)
    }

    fn are_open_at(&self, now: u64, seat: usize) -> bool {
        self.taker.load(Ordering::Relaxed) == seat || self.until.load(Ordering::Relaxed) <= now
    }

    /// Takes a portion of at most `n` tasks for the worker at `seat`: returns the first of them,
    /// and passes the others to `queue`. `None`: there is none, or it is another worker's turn.
    pub(super) fn take(
        &self,
        n: usize,
        seat: usize,
        queue: impl FnMut(TaskRef),
    ) -> Option<TaskRef> {
        if self.is_empty() {
            return None;
        }
        self.take_at(self.now(), n, seat, queue)
    }

    fn take_at(
        &self,
        now: u64,
        n: usize,
        seat: usize,
        queue: impl FnMut(TaskRef),
    ) -> Option<TaskRef> {
        if !self.are_open_at(now, seat) {
            return None;
        }
        let mut waiting = self.waiting.lock();
        if !self.are_open_at(now, seat) {
            return None;
        }
        let crowd = waiting.front_mut()?;
        let before = crowd.len();
        let first = crowd.next();
        crowd.by_ref().take(n - 1).for_each(queue);
        let n_taken = before - crowd.len();
        let is_over = crowd.len() == 0;
        // Its memory is freed after the lock.
        let over = is_over.then(|| waiting.pop_front());
        self.set_turn(seat, now, n_taken);
        let n_left = self.n_left.load(Ordering::Relaxed) - n_taken;
        self.n_left.store(n_left, Ordering::Release);
        drop(waiting);
        drop(over);
        first
    }

    /// The worker at `seat` has the turn, with `n` tasks. Under the lock.
    fn set_turn(&self, seat: usize, now: u64, n: usize) {
        let patience = (PATIENCE * n as u32).as_nanos() as u64;
        self.taker.store(seat, Ordering::Relaxed);
        self.until.store(now + patience, Ordering::Relaxed);
    }
}

#[cfg(test)]
impl Crowds {
    /// As many tasks as `numbers`.
    fn push_numbers(&self, numbers: std::ops::Range<usize>, seat: Option<usize>) {
        self.push(numbers.map(TaskRef::for_model).collect(), seat);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The addresses of a portion.
    fn take(crowds: &Crowds, now: u64, seat: usize) -> Vec<usize> {
        let mut others = Vec::new();
        let first = crowds.take_at(now, PORTION, seat, |task| others.push(task.address()));
        let first = first.map(|task| task.address());
        first.into_iter().chain(others).collect()
    }

    #[test]
    fn portions_come_in_order_until_nothing_is_left() {
        let crowds = Crowds::new();
        let n = Crowds::LEAST + 1;
        crowds.push_numbers(1..n, None);
        crowds.push_numbers(n..n + 3, None);
        let mut all = Vec::new();
        while !crowds.is_empty() {
            assert_eq!(crowds.len(), n + 2 - all.len());
            let portion = take(&crowds, 0, usize::MAX);
            assert!((1..=PORTION).contains(&portion.len()));
            all.extend(portion);
        }
        assert_eq!(all, (1..n + 3).collect::<Vec<_>>());
        assert!(take(&crowds, 0, usize::MAX).is_empty());
    }

    #[test]
    fn one_worker_has_the_turn_as_long_as_it_is_quick() {
        let crowds = Crowds::new();
        crowds.push_numbers(1..10 * PORTION, Some(0));
        let (start, patience) = (crowds.now(), (PATIENCE * PORTION as u32).as_nanos() as u64);
        assert_eq!(take(&crowds, start, 0).len(), PORTION);
        assert_eq!(take(&crowds, start + patience - 1, 1).len(), 0);
        assert_eq!(take(&crowds, start + patience - 1, 0).len(), PORTION);
        assert_eq!(take(&crowds, start + patience, 1).len(), 0);
        // The first one is late: it is the other one's turn from here on.
        let late = start + 2 * patience;
        assert_eq!(take(&crowds, late, 1).len(), PORTION);
        assert_eq!(take(&crowds, late, 0).len(), 0);
        assert_eq!(take(&crowds, late, 1).len(), PORTION);
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::super::idle::Idle;
    use super::*;
    use crate::primitive::{Arc, AtomicBool, thread};

    struct World {
        crowds: Crowds,
        idle: Idle,
        woken: AtomicBool,
    }

    impl World {
        fn wake_a_worker(&self) {
            if self.idle.worker_to_wake().is_some() {
                self.woken.swap(true, Ordering::AcqRel);
            }
        }

        /// A worker, until it sleeps. Returns how many tasks it has taken.
        fn work(&self) -> usize {
            let mut n_taken = 0;
            loop {
                while self.crowds.take(PORTION, 0, |_| n_taken += 1).is_some() {
                    n_taken += 1;
                }
                self.idle.sleep(0, false);
                if !self.crowds.is_empty() {
                    self.wake_a_worker();
                }
                if !self.woken.swap(false, Ordering::AcqRel) {
                    return n_taken;
                }
                let _ = self.idle.stop_searching();
            }
        }
    }

    /// A crowd comes while a worker falls asleep.
    #[test]
    fn loom_crowds_no_task_is_forgotten() {
        loom::model(|| {
            let world = Arc::new(World {
                crowds: Crowds::new(),
                idle: Idle::new(1),
                woken: AtomicBool::new(false),
            });
            world.crowds.push_numbers(1..2, Some(0));
            let other = world.clone();
            let worker = thread::spawn(move || other.work());
            world.crowds.push_numbers(2..3, Some(0));
            world.wake_a_worker();
            let mut n_taken = worker.join().unwrap();
            if world.woken.swap(false, Ordering::AcqRel) {
                n_taken += world.work();
            }
            assert_eq!((n_taken, world.crowds.len()), (2, 0));
        });
    }

    /// Two workers take what is there: each task is taken once.
    #[test]
    fn loom_crowds_each_task_is_taken_once() {
        loom::model(|| {
            let crowds = Arc::new(Crowds::new());
            crowds.push_numbers(1..4, Some(0));
            let other = crowds.clone();
            let take = |crowds: &Crowds| {
                crowds
                    .take(PORTION, 0, |_| unreachable!("a portion is one task here"))
                    .map_or(0, |task| task.address())
            };
            let theirs = thread::spawn(move || take(&other));
            let sum = take(&crowds) + theirs.join().unwrap();
            assert_eq!((sum, crowds.len()), (3, 1));
        });
    }
}
