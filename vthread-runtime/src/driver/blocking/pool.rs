//! The helper threads: started on demand, kept for a while, bounded.

use crate::scheduler::threads::{self, Refused, tell_of_refusal};
use crate::scheduler::{Place, has_place};
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The job of a helper. It does not unwind.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// The pool of this process.
pub(super) static POOL: Pool = Pool::new(
    crate::config::helper_threads,
    crate::config::helper_keep_alive,
    start_thread,
);

/// A pool of helper threads with one queue.
///
/// A helper that waits in a blocking call of the library leaves its *place* to another one: so the
/// work that it waits for, which may need a helper itself, does not wait for it. When it goes on
/// there may be one more at work than there are places, until one of them has done its job.
#[derive(Debug)]
pub(super) struct Pool {
    most_at_work: fn() -> usize,
    /// How long a helper without work waits before it ends.
    patience: fn() -> Duration,
    locked: Mutex<Locked>,
    /// Notified for each job that is left to an idle helper.
    work: Condvar,
    n_started: AtomicUsize,
    /// Starts a helper with this number. The bound of all threads may be met, or the system may
    /// refuse.
    start: fn(&'static Pool, usize) -> Result<(), Refused>,
}

struct Locked {
    queue: VecDeque<Job>,
    n_threads: usize,
    n_idle: usize,
    /// Helpers that have left their places.
    n_waiting: usize,
}

/// The numbers of helpers and of their jobs.
#[derive(Debug)]
pub(crate) struct Helpers {
    pub(crate) running: usize,
    pub(crate) idle: usize,
    pub(crate) queued: usize,
}

impl Pool {
    const fn new(
        most_at_work: fn() -> usize,
        patience: fn() -> Duration,
        start: fn(&'static Pool, usize) -> Result<(), Refused>,
    ) -> Self {
        let locked = Locked {
            queue: VecDeque::new(),
            n_threads: 0,
            n_idle: 0,
            n_waiting: 0,
        };
        Pool {
            most_at_work,
            patience,
            locked: Mutex::new(locked),
            work: Condvar::new(),
            n_started: AtomicUsize::new(0),
            start,
        }
    }

    /// Gives `job` to a helper, now or when one is free.
    ///
    /// # Errors
    /// There is no helper and none can be started. All jobs that are queued are dropped then,
    /// because they would never run.
    pub(super) fn submit(&'static self, job: Job) -> io::Result<()> {
        let mut locked = self.locked.lock();
        locked.queue.push_back(job);
        drop(locked);
        let Err(refused) = self.staff() else {
            return Ok(());
        };

        let mut locked = self.locked.lock();
        if locked.n_threads > 0 {
            // A helper is there and will take it; or another start is in progress and handles a
            // failure; or all helpers wait, and the monitor tries again.
            let all_wait = locked.n_waiting == locked.n_threads;
            drop(locked);
            if all_wait {
                tell_of_refusal(&refused);
            }
            return Ok(());
        }
        let refused_jobs = std::mem::take(&mut locked.queue);
        drop(locked);
        drop(refused_jobs);
        Err(refused.into())
    }

    /// Starts or wakes a helper for the job that was queued last, if there is a place for one.
    fn staff(&'static self) -> Result<(), Refused> {
        let mut locked = self.locked.lock();
        if locked.queue.len() <= locked.n_idle {
            if !locked.queue.is_empty() {
                self.work.notify_one();
            }
            return Ok(());
        }
        if locked.n_at_work() + locked.n_idle >= (self.most_at_work)() {
            return Ok(());
        }
        locked.n_threads += 1;
        drop(locked);
        let number = self.n_started.fetch_add(1, Ordering::Relaxed);
        let started = (self.start)(self, number);
        if started.is_err() {
            self.locked.lock().n_threads -= 1;
        }
        started
    }

    /// The life of a helper.
    fn help(&'static self) {
        crate::program::plain_threads::is_helper();
        has_place(self);
        let mut locked = self.locked.lock();
        loop {
            while locked.n_at_work() <= (self.most_at_work)()
                && let Some(job) = locked.queue.pop_front()
            {
                drop(locked);
                job();
                locked = self.locked.lock();
            }
            locked.n_idle += 1;
            let wait = self.work.wait_for(&mut locked, (self.patience)());
            locked.n_idle -= 1;
            if wait.timed_out() && locked.queue.is_empty() {
                locked.n_threads -= 1;
                return;
            }
        }
    }

    /// The numbers of helpers and of their jobs.
    pub(super) fn helpers(&self) -> Helpers {
        let locked = self.locked.lock();
        Helpers {
            running: locked.n_threads - locked.n_idle,
            idle: locked.n_idle,
            queued: locked.queue.len(),
        }
    }
}

impl Place for Pool {
    fn leave(&self) {
        self.locked.lock().n_waiting += 1;
    }

    fn come_back(&self) {
        self.locked.lock().n_waiting -= 1;
    }

    fn fill(&'static self) -> Result<(), Refused> {
        self.staff()
    }
}

impl Locked {
    /// The number of places that are taken. A helper that is about to start counts.
    fn n_at_work(&self) -> usize {
        self.n_threads - self.n_waiting - self.n_idle
    }
}

fn start_thread(pool: &'static Pool, number: usize) -> Result<(), Refused> {
    threads::start(&format!("helper-{number}"), || pool.help())
}

impl std::fmt::Debug for Locked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Locked {
            queue,
            n_threads,
            n_idle,
            n_waiting,
        } = self;
        write!(
            f,
            "Pool {{ {n_threads} threads, {n_idle} of them idle, {n_waiting} waiting, {} jobs queued }}",
            queue.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;

    const LONG: fn() -> Duration = || Duration::from_secs(10);

    fn pool(most_at_work: fn() -> usize, patience: fn() -> Duration) -> &'static Pool {
        Box::leak(Box::new(Pool::new(most_at_work, patience, start_thread)))
    }

    #[test]
    fn jobs_that_wait_for_each_other_get_a_thread_each() {
        let pool = pool(|| 2, LONG);
        let (to_first, first) = mpsc::channel();
        let (to_test, done) = mpsc::channel();
        let first_done = to_test.clone();
        pool.submit(Box::new(move || {
            first_done.send(first.recv().unwrap()).unwrap()
        }))
        .unwrap();
        pool.submit(Box::new(move || to_first.send(7).unwrap()))
            .unwrap();
        assert_eq!(done.recv().unwrap(), 7);
    }

    #[test]
    fn is_bounded() {
        let pool = pool(|| 3, LONG);
        let (to_test, done) = mpsc::channel();
        let n = if cfg!(miri) { 12 } else { 100 };
        for _ in 0..n {
            let to_test = to_test.clone();
            pool.submit(Box::new(move || {
                to_test.send(thread::current().id()).unwrap()
            }))
            .unwrap();
        }
        let mut threads: Vec<_> = done.iter().take(n).collect();
        threads.sort_by_key(|id| format!("{id:?}"));
        threads.dedup();
        assert!(threads.len() <= 3);
        assert!(pool.n_started.load(Ordering::Relaxed) <= 3);
    }

    #[test]
    fn an_idle_helper_ends() {
        let pool = pool(|| 1, || Duration::ZERO);
        let (to_test, done) = mpsc::channel();
        for _ in 0..3 {
            let to_test = to_test.clone();
            pool.submit(Box::new(move || to_test.send(()).unwrap()))
                .unwrap();
            done.recv().unwrap();
            while pool.locked.lock().n_threads > 0 {
                thread::yield_now();
            }
        }
        assert_eq!(pool.n_started.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn without_threads_everybody_is_refused() {
        /// Reports that it has been dropped.
        struct Dropped(mpsc::Sender<()>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.send(()).unwrap();
            }
        }
        let refuse = |_: &'static Pool, _| Err(Refused::Bound(0));
        let pool: &'static Pool = Box::leak(Box::new(Pool::new(|| 2, || Duration::ZERO, refuse)));
        let (dropped, drops) = mpsc::channel();
        // As if another start were in progress.
        pool.locked.lock().n_threads = 1;
        let first = Dropped(dropped.clone());
        pool.submit(Box::new(move || drop(first))).unwrap();
        pool.locked.lock().n_threads = 0;
        let second = Dropped(dropped);
        assert!(pool.submit(Box::new(move || drop(second))).is_err());
        assert_eq!(drops.iter().count(), 2);
    }
}
