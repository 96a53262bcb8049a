//! What the vthreads of a tree share: locks, channels, handles, and counted objects.

use crate::log::{Alive, ItemId, Log, Part, Verdict, What};
use crate::model;
use crate::scenario::{Id, Plan};
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use vthread::Task;
use vthread::sync::{Mutex, Receiver, RwLock, Semaphore, Sender, channel};

/// How many locks there are. A vthread takes them in the order of their numbers.
pub(crate) const LOCKS: usize = 5;
/// How many permits the semaphore has.
const PERMITS: isize = 2;
/// The bounds of the channels.
pub(crate) const BOUNDS: [usize; 2] = [1, 3];

#[derive(Debug)]
pub(crate) enum Lock {
    Exclusive(Mutex<()>, Holders),
    Shared(RwLock<()>, Holders),
    Permits(Semaphore, Holders),
}

/// The current holder of a lock: it must agree with the guarantees of the lock.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    shared: AtomicIsize,
    alone: AtomicIsize,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) log: Arc<Log>,
    /// Whether a timeout bounds a step.
    pub(crate) has_deadline: Vec<bool>,
    pub(crate) locks: Vec<Lock>,
    pub(crate) channels: Vec<(Sender<Item>, Receiver<Item>)>,
    /// The handles of children, by the number of their `Spawn`.
    tasks: Vec<std::sync::Mutex<Option<Task<Value>>>>,
    /// The number of a group's children between their first poll and their end.
    running: Vec<AtomicUsize>,
    next_item: AtomicUsize,
}

impl World {
    pub(crate) fn new(plan: Plan) -> Self {
        let ids = plan.ids;
        let has_deadline = model::timed(&plan);
        World {
            plan,
            has_deadline,
            log: Arc::new(Log::new()),
            locks: vec![
                Lock::Exclusive(Mutex::new(()), Holders::default()),
                Lock::Shared(RwLock::new(()), Holders::default()),
                Lock::Permits(Semaphore::new(PERMITS.unsigned_abs()), Holders::default()),
                Lock::Exclusive(Mutex::new(()), Holders::default()),
                Lock::Shared(RwLock::new(()), Holders::default()),
            ],
            channels: BOUNDS.iter().map(|bound| channel(*bound)).collect(),
            tasks: (0..ids).map(|_| std::sync::Mutex::default()).collect(),
            running: (0..ids).map(|_| AtomicUsize::new(0)).collect(),
            next_item: AtomicUsize::new(0),
        }
    }

    pub(crate) fn item(&self, id: Id) -> Item {
        let number = self.next_item.fetch_add(1, Ordering::Relaxed);
        self.log.note(id, What::Began(Part::Item(number)));
        self.log.born();
        Item {
            by: id,
            number,
            log: self.log.clone(),
        }
    }

    pub(crate) fn value(&self, id: Id) -> Value {
        self.log.note(id, What::Began(Part::Value));
        self.log.born();
        Value {
            of: id,
            log: self.log.clone(),
        }
    }

    pub(crate) fn keep_task(&self, id: Id, task: Task<Value>) {
        *self.tasks[id].lock().unwrap() = Some(task);
    }

    pub(crate) fn take_task(&self, id: Id) -> Option<Task<Value>> {
        self.tasks[id].lock().unwrap().take()
    }

    pub(crate) fn with_task<R>(&self, id: Id, look: impl FnOnce(&Task<Value>) -> R) -> Option<R> {
        self.tasks[id].lock().unwrap().as_ref().map(look)
    }

    /// A child of the group runs: not more than its limit.
    pub(crate) fn running(&self, group: Id, limit: usize) -> Running<'_> {
        let running = self.child(group, limit);
        running.enter();
        running
    }

    /// A child of the group, if it is one, spawns into it.
    pub(crate) fn paused(&self, is_child: bool, group: Id, limit: usize) -> Paused<'_> {
        let running = is_child.then(|| {
            self.running[group].fetch_sub(1, Ordering::SeqCst);
            self.child(group, limit)
        });
        Paused { running }
    }

    fn child(&self, group: Id, limit: usize) -> Running<'_> {
        Running {
            log: &self.log,
            group,
            limit,
            count: &self.running[group],
        }
    }

    /// After the root: the handles that were not taken, and the items left in the channels.
    pub(crate) fn close(&mut self) {
        for (id, task) in self.tasks.iter().enumerate() {
            if let Some(task) = &*task.lock().unwrap() {
                let verdict = Verdict::of(task.outcome());
                self.log.note(id, What::Outcome(verdict));
            }
        }
        self.log.note(0, What::Closing);
        self.channels.clear();
        self.tasks.clear();
    }
}

/// A child that counts in its group.
#[derive(Debug)]
pub(crate) struct Running<'w> {
    log: &'w Log,
    group: Id,
    limit: usize,
    count: &'w AtomicUsize,
}

impl Running<'_> {
    /// It begins, or has its place back.
    fn enter(&self) {
        let now = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        if now > self.limit {
            self.log.note(self.group, What::Crowded(now));
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A child of a group that may give its place away meanwhile, and counts again afterwards.
#[derive(Debug)]
pub(crate) struct Paused<'w> {
    running: Option<Running<'w>>,
}

impl Paused<'_> {
    /// It has its place back.
    pub(crate) fn over(mut self) {
        if let Some(running) = self.running.take() {
            running.enter();
            std::mem::forget(running);
        }
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        // It continues without it; its own `Running` counts down once more.
        if let Some(running) = self.running.take() {
            // Before another child can count too many.
            running.log.note(running.group, What::CutShort);
            running.count.fetch_add(1, Ordering::SeqCst);
            std::mem::forget(running);
        }
    }
}

impl Holders {
    pub(crate) fn alone<'w>(&'w self, log: &'w Log) -> Held<'w> {
        let alone = self.alone.fetch_add(1, Ordering::SeqCst);
        let shared = self.shared.load(Ordering::SeqCst);
        if alone != 0 || shared != 0 {
            log.complain(format!(
                "a lock held alone is held by {alone} and {shared} others"
            ));
        }
        Held { count: &self.alone }
    }

    pub(crate) fn shared<'w>(&'w self, log: &'w Log) -> Held<'w> {
        self.shared.fetch_add(1, Ordering::SeqCst);
        let alone = self.alone.load(Ordering::SeqCst);
        if alone != 0 {
            log.complain(format!(
                "a lock held by readers is held alone by {alone} others"
            ));
        }
        Held {
            count: &self.shared,
        }
    }

    pub(crate) fn permit<'w>(&'w self, log: &'w Log) -> Held<'w> {
        let now = self.shared.fetch_add(1, Ordering::SeqCst) + 1;
        if now > PERMITS {
            log.complain(format!("{now} hold a permit, and there are {PERMITS}"));
        }
        Held {
            count: &self.shared,
        }
    }
}

/// It is dropped before the guard of the lock.
#[derive(Debug)]
pub(crate) struct Held<'w> {
    count: &'w AtomicIsize,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An item of a channel: it is counted.
#[derive(Debug)]
pub(crate) struct Item {
    by: Id,
    pub(crate) number: ItemId,
    log: Arc<Log>,
}

impl Drop for Item {
    fn drop(&mut self) {
        self.log.gone(self.by, Part::Item(self.number));
    }
}

/// The value of a child: it is counted.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) of: Id,
    log: Arc<Log>,
}

impl Drop for Value {
    fn drop(&mut self) {
        self.log.gone(self.of, Part::Value);
    }
}

const ALIVE: u64 = 0xa11f_e000_0000_0000;
const DEAD: u64 = 0xdead_0000_0000_0000;

/// A local of the frame that opens a group. Its children borrow it, and read it.
#[derive(Debug)]
pub(crate) struct Canary<'w> {
    log: &'w Log,
    id: Id,
    sign: AtomicU64,
    visits: AtomicUsize,
    _alive: Alive<'w>,
}

impl<'w> Canary<'w> {
    pub(crate) fn new(log: &'w Log, id: Id) -> Self {
        Canary {
            log,
            id,
            sign: AtomicU64::new(ALIVE | id as u64),
            visits: AtomicUsize::new(0),
            _alive: log.part(id, Part::Canary),
        }
    }

    pub(crate) fn look(&self) {
        let sign = self.sign.load(Ordering::SeqCst);
        self.visits.fetch_add(1, Ordering::Relaxed);
        if sign != ALIVE | self.id as u64 {
            // The target of the reference is gone, so it must not be used.
            eprintln!(
                "vthread trees: a child looks at a local of its parent that is gone ({sign:#x})"
            );
            std::process::abort();
        }
    }
}

impl Drop for Canary<'_> {
    fn drop(&mut self) {
        self.sign.store(DEAD | self.id as u64, Ordering::SeqCst);
        let _ = self.log;
    }
}

/// An object whose destructor blocks.
#[derive(Debug)]
pub(crate) struct Slow<'w> {
    _alive: Alive<'w>,
}

impl<'w> Slow<'w> {
    pub(crate) fn new(log: &'w Log, id: Id) -> Self {
        Slow {
            _alive: log.part(id, Part::Slow),
        }
    }
}

impl Drop for Slow<'_> {
    fn drop(&mut self) {
        vthread::time::sleep(Duration::from_micros(20));
        self._alive.ended(&Ok(()));
    }
}
