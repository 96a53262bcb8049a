//! Where a task goes that shall run: to the queues of the worker that this thread is, or to the
//! queue that all workers share.

use super::worker::{self, Worker};
use crate::task::header::TaskRef;

/// Queues a task that was woken or spawned: it runs soon, on this worker if the thread is one.
pub(crate) fn schedule(task: TaskRef) {
    schedule_by(task, worker::push_soon);
}

/// Queues a task behind all others of this worker: it has had its turn.
pub(crate) fn schedule_last(task: TaskRef) {
    schedule_by(task, worker::push_last);
}

/// Queues a task by `push` if this thread is a worker, or else where every worker finds it.
#[inline]
fn schedule_by(task: TaskRef, push: impl FnOnce(&Worker, TaskRef) -> Result<(), TaskRef>) {
    let not_taken = worker::with(|worker| match worker {
        Some(worker) => push(worker, task),
        None => Err(task),
    });
    if let Err(task) = not_taken {
        inject(task);
    }
}

#[inline(never)]
fn inject(task: TaskRef) {
    let scheduler = crate::runtime::scheduler();
    scheduler.injector.push(task);
    scheduler.wake_a_worker();
}
