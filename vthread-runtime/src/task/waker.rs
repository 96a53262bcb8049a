//! Wakers of tasks: the pointer to the allocation, with one reference.

#![allow(unsafe_code)] // The vtable of a raw waker.

use super::header::{Header, Held, TaskRef, release};
use super::state::{Release, Wake};
use crate::trace::spans::OfWaker;
use crate::trace::timeline;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::task::{RawWaker, RawWakerVTable, Waker};

static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop);

/// Of a task that was woken under a lock (`frame_waker.rs`), and is queued by the wake or the drop
/// of this waker.
static CLAIMED: RawWakerVTable = RawWakerVTable::new(clone, queue, wait_for_drop, queue);

/// The waker that a poll hands out: it borrows the reference of being alive, so that a vthread that
/// does not wait costs no reference counting.
pub(crate) fn borrowed(task: Held<'_>) -> ManuallyDrop<Waker> {
    // SAFETY: the reference that dropping this waker would give up is never given up, as it is
    // never dropped.
    ManuallyDrop::new(unsafe { of_task(task.as_ptr()) })
}

/// The waker of `task`, with a reference that exists.
///
/// # Safety
/// - The caller owns the reference, which is the waker's from here on.
#[inline]
pub(super) unsafe fn of_task(task: NonNull<Header>) -> Waker {
    let raw = RawWaker::new(task.as_ptr().cast_const().cast(), &VTABLE);
    // SAFETY: the vtable keeps the contract of RawWaker.
    unsafe { Waker::from_raw(raw) }
}

/// The task whose waker this is. `None` if it is another kind of waker.
#[inline]
pub(crate) fn task_of(waker: &Waker) -> Option<NonNull<Header>> {
    ptr::eq(waker.vtable(), &VTABLE).then(|| header(waker.data()))
}

/// Whether this is the waker of a task that has ended.
pub(crate) fn has_ended(waker: &Waker) -> bool {
    // SAFETY: the waker's reference keeps the header alive.
    task_of(waker).is_some_and(|task| unsafe { task.as_ref() }.is_complete())
}

/// Wakes `task` up to the point where it is queued, which the returned waker does when it is woken
/// or dropped. Runs no foreign code, so that it may be called under a lock.
///
/// # Safety
/// - The task is alive until this returns.
#[inline]
pub(super) unsafe fn claim(task: NonNull<Header>) -> Waker {
    // SAFETY: by the contract.
    let header = unsafe { task.as_ref() };
    if header.state.wake() == Wake::Nothing {
        return Waker::noop().clone();
    }
    let raw = RawWaker::new(task.as_ptr().cast_const().cast(), &CLAIMED);
    // SAFETY: the vtable keeps the contract of RawWaker: the task is claimed, so that it does not
    // run, nor end, before it is queued, which is done once.
    unsafe { Waker::from_raw(raw) }
}

/// As `base::wake::wake`, and shorter for a task that was claimed.
#[inline]
pub(crate) fn wake_claimed(waker: Waker) {
    if ptr::eq(waker.vtable(), &CLAIMED) {
        let waker = ManuallyDrop::new(waker);
        // SAFETY: its waker, which is not used again.
        unsafe { queue(waker.data()) };
    } else {
        crate::base::wake::wake(waker);
    }
}

/// # Safety
/// - The task was claimed, and not queued since.
unsafe fn queue(data: *const ()) {
    let task = header(data);
    // SAFETY: what is claimed is alive until it is queued.
    let header = unsafe { task.as_ref() };
    if header.state.is_in_world() {
        schedule_in_world(task, header);
    } else {
        schedule(task, header);
    }
}

unsafe fn wait_for_drop(_: *const ()) {}

unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: a waker's reference keeps the header alive.
    let header = unsafe { header(data).as_ref() };
    header.trace_waker(OfWaker::Clone);
    header.state.retain();
    RawWaker::new(data, &VTABLE)
}

unsafe fn wake(data: *const ()) {
    let task = header(data);
    // SAFETY: the waker's reference keeps the header alive until it is given up here.
    let header = unsafe { task.as_ref() };
    let free = header.vtable.free;
    header.trace_waker(OfWaker::Wake);
    match header.state.wake_and_release() {
        // It does not run, nor end, before it is queued.
        (Wake::Schedule, _) => schedule(task, header),
        (Wake::ScheduleInWorld, _) => schedule_in_world(task, header),
        // SAFETY: that was the last reference.
        (Wake::Nothing, Release::Free) => unsafe { free(task) },
        (Wake::Nothing, Release::Shared) => {}
    }
}

unsafe fn wake_by_ref(data: *const ()) {
    let task = header(data);
    // SAFETY: a waker's reference keeps the header alive.
    let header = unsafe { task.as_ref() };
    header.trace_waker(OfWaker::WakeByRef);
    match header.state.wake() {
        Wake::Schedule => schedule(task, header),
        Wake::ScheduleInWorld => schedule_in_world(task, header),
        Wake::Nothing => {}
    }
}

/// Queues tasks that were claimed.
pub(crate) fn queue_claimed(tasks: Vec<TaskRef>) {
    if timeline::is_on() {
        tasks.iter().for_each(|task| task.header().record_wake());
    }
    crate::runtime::schedule_all(tasks);
}

#[cold]
fn schedule_in_world(task: NonNull<Header>, header: &Header) {
    header.vthread.wait_reason.set_woken();
    header.queue_in_world(TaskRef(task));
}

#[inline]
fn schedule(task: NonNull<Header>, header: &Header) {
    header.vthread.wait_reason.set_woken();
    if timeline::is_on() {
        header.record_wake();
    }
    if header.vthread.wait_reason.joins_many() {
        crate::runtime::schedule_joiner(TaskRef(task));
    } else {
        crate::runtime::schedule(TaskRef(task));
    }
}

unsafe fn drop(data: *const ()) {
    // SAFETY: a waker's reference keeps the header alive.
    unsafe { header(data).as_ref() }.trace_waker(OfWaker::Drop);
    // SAFETY: the waker owned one reference, and is gone.
    unsafe { release(header(data)) }
}

fn header(data: *const ()) -> NonNull<Header> {
    NonNull::new(data.cast_mut().cast()).expect("a waker holds its task's address")
}
