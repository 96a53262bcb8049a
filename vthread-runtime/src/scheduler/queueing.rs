//! Where a task goes that shall run: to the queues of the worker that this thread is, or to the
//! queue that all workers share.

use super::crowds::Crowds;
use super::worker::{self, Orders, Worker};
use crate::task::header::TaskRef;
use std::cell::RefCell;
use std::sync::Arc;

/// Queues a task that was woken or spawned: it runs soon, on this worker if the thread is one.
pub(crate) fn schedule(task: TaskRef) {
    if let Err(task) = queue_here(task, worker::push_soon) {
        inject(task);
    }
}

/// As `schedule` for one after the other, for tasks that were woken at once. One sleeping worker is
/// woken for all of them: as long as there is work it wakes the next one.
#[inline(never)]
pub(crate) fn schedule_all(mut tasks: Vec<TaskRef>) {
    if tasks.len() >= Crowds::LEAST {
        let scheduler = crate::runtime::scheduler();
        let seat = worker::with(|worker| worker.and_then(Worker::seat));
        scheduler.crowds.push(tasks, seat);
        return scheduler.wake_a_worker();
    }
    let Some(last) = tasks.pop() else { return };
    if !tasks.is_empty() {
        let others = worker::with(|worker| match worker {
            Some(worker) => push_all(worker, tasks),
            None => tasks,
        });
        inject_all(others);
    }
    schedule(last);
}

/// Queues woken tasks with this worker, behind all others. Returns them if the thread has no core,
/// or one in whose queue no other thread looks.
fn push_all(worker: &Worker, tasks: Vec<TaskRef>) -> Vec<TaskRef> {
    // Queues are not touched while user code runs, so the cell is free here.
    let mut core = worker.core.borrow_mut();
    let Some(core) = core.as_mut() else {
        return tasks;
    };
    if core.is_relieved() {
        return tasks;
    }
    // What was about to run goes before all of these.
    core.open_slot();
    tasks.into_iter().for_each(|task| core.deque.push(task));
    if !core.asleep {
        worker.scheduler.wake_another();
    }
    Vec::new()
}

/// Queues a woken task that goes from the end of one vthread to that of the next, of many: behind
/// those that wait, since most of them are the vthreads it waits for. At once it would find the
/// next one unfinished, and wait again, for each of them.
#[inline(never)]
pub(crate) fn schedule_joiner(task: TaskRef) {
    if let Err(task) = queue_here(task, worker::push_last) {
        inject(task);
    }
}

/// Queues a new task whose spawner is new itself: before all others that are.
pub(crate) fn schedule_nested(task: TaskRef) {
    if let Err(task) = queue_here(task, worker::push_nested) {
        order(task);
    }
}

/// Queues a task behind all others of this worker: it is new, or has had its turn.
pub(crate) fn schedule_last(task: TaskRef) {
    if let Err(task) = queue_here(task, worker::push_last) {
        order(task);
    }
}

/// As `schedule_last`, for a task that this worker has just polled.
pub(crate) fn schedule_again(task: TaskRef) {
    if let Err(task) = queue_here(task, worker::push_again) {
        order(task);
    }
}

/// Queues a task by `push` if this thread is a worker, or gives it back.
#[inline(always)]
fn queue_here(
    task: TaskRef,
    push: impl FnOnce(&Worker, TaskRef) -> Result<(), TaskRef>,
) -> Result<(), TaskRef> {
    worker::with(|worker| match worker {
        Some(worker) => push(worker, task),
        None => Err(task),
    })
}

/// Queues a task that this thread has spawned or polled: with the test that the thread runs, or
/// where every worker finds it.
#[inline(never)]
pub(super) fn order(task: TaskRef) {
    let not_taken = worker::with(
        |worker| match worker.and_then(|worker| worker.orders.as_ref()) {
            Some(orders) => {
                orders.take(task);
                None
            }
            None => Some(task),
        },
    );
    not_taken.into_iter().for_each(inject);
}

#[inline(never)]
fn inject(task: TaskRef) {
    let scheduler = crate::runtime::scheduler();
    scheduler.injector.push(task);
    scheduler.wake_a_worker();
}

#[inline(never)]
fn inject_all(tasks: Vec<TaskRef>) {
    if tasks.is_empty() {
        return;
    }
    let scheduler = crate::runtime::scheduler();
    tasks
        .into_iter()
        .for_each(|task| scheduler.injector.push(task));
    scheduler.wake_a_worker();
}

/// Runs `code` on a thread that is no worker. `orders` takes the vthreads that it spawns.
pub(crate) fn ordered<R>(orders: Arc<dyn Orders>, code: impl FnOnce() -> R) -> R {
    let worker = Worker {
        scheduler: crate::runtime::scheduler(),
        core: RefCell::new(None),
        orders: Some(orders),
    };
    worker::within(&worker, code)
}
