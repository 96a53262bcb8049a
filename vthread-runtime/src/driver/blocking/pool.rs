//! The helper threads: started on demand, kept for a while, bounded.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What a helper does. It does not unwind.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// The pool of this process.
pub(super) static POOL: Pool = Pool::new(512, Duration::from_secs(10), start_thread);

/// A pool of helper threads with one queue.
#[derive(Debug)]
pub(super) struct Pool {
    most_threads: usize,
    /// How long a helper without work waits before it ends.
    patience: Duration,
    locked: Mutex<Locked>,
    /// Notified for each job that is left to an idle helper.
    work: Condvar,
    n_started: AtomicUsize,
    /// Starts a helper with this number. The system may refuse.
    start: fn(&'static Pool, usize) -> io::Result<()>,
}

struct Locked {
    queue: VecDeque<Job>,
    n_threads: usize,
    n_idle: usize,
}

impl Pool {
    const fn new(
        most_threads: usize,
        patience: Duration,
        start: fn(&'static Pool, usize) -> io::Result<()>,
    ) -> Self {
        let locked = Locked {
            queue: VecDeque::new(),
            n_threads: 0,
            n_idle: 0,
        };
        Pool {
            most_threads,
            patience,
            locked: Mutex::new(locked),
            work: Condvar::new(),
            n_started: AtomicUsize::new(0),
            start,
        }
    }

    /// Has a helper do `job`, now or when one is free.
    ///
    /// # Errors
    /// There is no helper and the system refuses to start one. All jobs that are queued are dropped then,
    /// because nobody would ever do them.
    pub(super) fn submit(&'static self, job: Job) -> io::Result<()> {
        let mut locked = self.locked.lock();
        locked.queue.push_back(job);
        if locked.queue.len() <= locked.n_idle {
            self.work.notify_one();
            return Ok(());
        }
        if locked.n_threads == self.most_threads {
            return Ok(());
        }
        locked.n_threads += 1;
        drop(locked);
        let number = self.n_started.fetch_add(1, Ordering::Relaxed);
        let Err(error) = (self.start)(self, number) else {
            return Ok(());
        };

        let mut locked = self.locked.lock();
        locked.n_threads -= 1;
        if locked.n_threads > 0 {
            // Either a helper is there and gets to it, or another start is under way and does this if it fails too.
            return Ok(());
        }
        let refused = std::mem::take(&mut locked.queue);
        drop(locked);
        drop(refused);
        Err(error)
    }

    /// A helper's life.
    fn help(&self) {
        crate::group::outermost::is_helper();
        let mut locked = self.locked.lock();
        loop {
            while let Some(job) = locked.queue.pop_front() {
                drop(locked);
                job();
                locked = self.locked.lock();
            }
            locked.n_idle += 1;
            let timed_out = self.work.wait_for(&mut locked, self.patience).timed_out();
            locked.n_idle -= 1;
            if timed_out && locked.queue.is_empty() {
                locked.n_threads -= 1;
                return;
            }
        }
    }
}

fn start_thread(pool: &'static Pool, number: usize) -> io::Result<()> {
    let name = format!("vthread-helper-{number}");
    thread::Builder::new()
        .name(name)
        .spawn(|| pool.help())
        .map(drop)
}

impl std::fmt::Debug for Locked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Locked {
            queue,
            n_threads,
            n_idle,
        } = self;
        write!(
            f,
            "Pool {{ {n_threads} threads, {n_idle} of them idle, {} jobs queued }}",
            queue.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn pool(most_threads: usize, patience: Duration) -> &'static Pool {
        Box::leak(Box::new(Pool::new(most_threads, patience, start_thread)))
    }

    #[test]
    fn jobs_that_wait_for_each_other_get_a_thread_each() {
        let pool = pool(2, Duration::from_secs(10));
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
        let pool = pool(3, Duration::from_secs(10));
        let (to_test, done) = mpsc::channel();
        for _ in 0..100 {
            let to_test = to_test.clone();
            pool.submit(Box::new(move || {
                to_test.send(thread::current().id()).unwrap()
            }))
            .unwrap();
        }
        let mut threads: Vec<_> = done.iter().take(100).collect();
        threads.sort_by_key(|id| format!("{id:?}"));
        threads.dedup();
        assert!(threads.len() <= 3);
        assert!(pool.n_started.load(Ordering::Relaxed) <= 3);
    }

    #[test]
    fn an_idle_helper_ends() {
        let pool = pool(1, Duration::ZERO);
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
        /// Tells that it has been dropped.
        struct Dropped(mpsc::Sender<()>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.send(()).unwrap();
            }
        }
        let refuse = |_: &'static Pool, _| Err(io::Error::from(io::ErrorKind::WouldBlock));
        let pool: &'static Pool = Box::leak(Box::new(Pool::new(2, Duration::ZERO, refuse)));
        let (dropped, drops) = mpsc::channel();
        // As if another start were under way.
        pool.locked.lock().n_threads = 1;
        let first = Dropped(dropped.clone());
        pool.submit(Box::new(move || drop(first))).unwrap();
        pool.locked.lock().n_threads = 0;
        let second = Dropped(dropped);
        assert!(pool.submit(Box::new(move || drop(second))).is_err());
        assert_eq!(drops.iter().count(), 2);
    }
}
