//! A task in memory: header, parent, frame or value, in one allocation.
//!
//! Who may touch what, in which state (`state.rs`):
//! - `stage` holds the frame while the task is alive, and is touched only by the worker between
//!   `start` and `complete` (or `pause`). After `complete` it holds the value or nothing, and is
//!   touched only by the holder of the handle; if there is none, by the worker, before the parent
//!   is notified of the end.
//! - `parent` is set at birth, used by the worker, and moved out by the last step of the end.
//! - No `&F` to a frame is ever formed: children may hold pointers into its locals.

#![allow(unsafe_code)] // Owns frames by address.

use super::bindings;
use super::current::Running;
use super::header::{About, End, Header, Held, Holds, TaskRef, VTable};
use super::poll::{has_ended, poll_frame};
use super::recursion::poll_on_segments;
use super::stack;
use super::state::Pause;
use super::wait_reason::WaitReason;
use super::waker;
use crate::base::blocks;
use crate::base::unwind::{Ended, Payload, catch};
use crate::trace::timeline::Then;
use std::cell::UnsafeCell;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Waker};

/// The parent of a task, which waits for its end. Implemented by the group.
pub(crate) trait Parent<R>: Send {
    /// The value that the task keeps for its handle.
    type Value;
    /// The frame is gone. Records failures, and returns the value that the handle may take.
    fn ended(&self, header: &Header, ended: Ended<R>) -> (End, Option<Self::Value>);
    /// A destructor of the task panicked.
    fn panicked(&self, header: &Header, payload: Payload);
    /// The task is marked, was polled, and waits for constructs that are open in it.
    fn cleanup_pending(&self, task: Held<'_>);
    /// The address by which code that knows the parent's type finds it; null if there is none to be
    /// found.
    fn address(&self) -> *const ();
    /// Everything of the task is gone: frame, captures and unread value. The parent takes over the
    /// base reference.
    ///
    /// # Safety
    /// - Called once, as the last use of the task by its poll.
    unsafe fn left(self, task: Held<'_>);
}

/// The frame or the value. The header tells which one it is, if any. Both begin where the stage
/// begins.
#[repr(C)]
union Stage<F, V> {
    _frame: ManuallyDrop<F>,
    _value: ManuallyDrop<V>,
}

/// The allocation.
#[repr(C)]
struct Cell<F: Future, P: Parent<F::Output>> {
    header: Header,
    parent: UnsafeCell<ManuallyDrop<P>>,
    stage: UnsafeCell<Stage<F, P::Value>>,
}

impl<F: Future, P: Parent<F::Output>> Cell<F, P> {
    /// The contents of the stage.
    fn holds(&self) -> &std::cell::Cell<Holds> {
        &self.header.vthread.of_task.holds
    }

    /// The stage as the place of a frame.
    fn frame(&self) -> *mut F {
        self.stage.get().cast()
    }

    /// The stage as the place of a value.
    fn value(&self) -> *mut P::Value {
        self.stage.get().cast()
    }
}

/// Makes a task that is notified and has one handle. The caller puts it into a queue.
///
/// # Safety
/// - The frame, its result and the value may be sent to another thread.
/// - The borrows of the frame outlive the task: its parent waits for `left`.
pub(crate) unsafe fn allocate<F, P>(frame: F, parent: P, about: About) -> NonNull<Header>
where
    F: Future,
    P: Parent<F::Output>,
{
    let place = blocks::allocate::<Cell<F, P>>();
    let cell = place.as_ptr();
    // SAFETY: a place for a cell, whose fields are written in place: so the frame is copied once,
    // and not by way of the stack.
    unsafe {
        (&raw mut (*cell).stage).cast::<F>().write(frame);
        (&raw mut (*cell).parent).write(UnsafeCell::new(ManuallyDrop::new(parent)));
        Header::write(&raw mut (*cell).header, &Vtable::<F, P>::VTABLE, about);
    }
    // Every later pointer to the task is a copy of this one: it may free the allocation.
    place.cast()
}

struct Vtable<F, P>(F, P);
impl<F: Future, P: Parent<F::Output>> Vtable<F, P> {
    const VTABLE: VTable = VTable {
        parent: parent::<F, P>,
        run: run::<F, P>,
        take_value: take_value::<F, P>,
        drop_value: drop_value::<F, P>,
        free: free::<F, P>,
    };
}

unsafe fn parent<F: Future, P: Parent<F::Output>>(task: NonNull<Header>) -> *const () {
    // SAFETY: the caller's task runs now, so that its parent is there, and is not written.
    unsafe { &*task.cast::<Cell<F, P>>().as_ref().parent.get() }.address()
}

/// One poll, from `start` to `pause` or to the end. Returns what the vthread does then; one that
/// yields is queued by the caller, who has the worker's queues at hand.
unsafe fn run<F: Future, P: Parent<F::Output>>(task: NonNull<Header>) -> Then {
    // SAFETY: the caller took the task from a queue, so it is alive and ours to run.
    let cell = unsafe { task.cast::<Cell<F, P>>().as_ref() };
    // SAFETY: as above, until the base reference is released below.
    let held = unsafe { Held::new(task) };
    let header = &cell.header;
    let turn = header.vthread.wait_reason.turn();
    if turn.is_woken() {
        header.state.start();
    }
    let waker = waker::borrowed(held);
    let running = Running::of_task(held, turn);
    let span = header.enter_span();
    let entered = running.enter();
    match poll(cell, held, &running, &waker) {
        None if running.has_yielded() => {
            header.vthread.stack.waits();
            drop(entered);
            drop(span);
            // It stays what it is, `RUNNING`: a wake is noted until its next poll is over.
            header.vthread.wait_reason.set(WaitReason::Queued);
            Then::YIELDS
        }
        None => {
            header.vthread.stack.waits();
            drop(entered);
            drop(span);
            let then = header.vthread.wait_reason.then();
            // From here on a waker may have the task run elsewhere.
            if header.state.pause() == Pause::Idle {
                return then;
            }
            header.vthread.wait_reason.set_woken();
            crate::runtime::schedule_last(TaskRef(task));
            WaitReason::Queued.as_then()
        }
        Some(ended) => {
            stack::goes_on();
            // SAFETY: the frame is gone, and this thread runs the task.
            let parent = unsafe { finish(cell, ended, &running) };
            // The task may be gone as soon as its parent knows.
            drop(entered);
            if let Some(span) = span {
                span.end();
            }
            // SAFETY: the end.
            unsafe { parent.left(held) };
            Then::ENDS
        }
    }
}

/// The task waits, and may be cancelled.
#[cold]
fn cleanup_pending<F: Future, P: Parent<F::Output>>(cell: &Cell<F, P>, task: Held<'_>) {
    if task.vthread.root.has_own_mark() {
        // SAFETY: the parent is there until the task has ended.
        let parent: &P = unsafe { &*cell.parent.get() };
        parent.cleanup_pending(task);
    }
}

/// Polls the frame, and drops it if it has ended or is cancelled. `None`: it waits.
fn poll<F: Future, P: Parent<F::Output>>(
    cell: &Cell<F, P>,
    task: Held<'_>,
    running: &Running,
    waker: &Waker,
) -> Option<Ended<F::Output>> {
    let vthread = &cell.header.vthread;
    let root = &vthread.root;
    // No scope is around a root.
    let is_marked = || vthread.may_be_cancelled() && root.has_own_mark();
    let ended = if is_marked() && root.is_empty() {
        // Else it is woken when all others are marked.
        (!vthread.is_held()).then(|| has_ended(root, running, Ended::Cancelled))
    } else {
        let mut cx = Context::from_waker(waker);
        poll_frame(root, running, is_marked, || {
            poll_on_segments(vthread, running, &mut cx, |cx| {
                assert!(
                    cell.holds().get() == Holds::Frame,
                    "a task is polled after its end"
                );
                // SAFETY: this thread runs the task, so the stage is its own, and it holds the
                // frame, which stays where it is until it is dropped there.
                unsafe { Pin::new_unchecked(&mut *cell.frame()) }.poll(cx)
            })
        })
    };
    let Some(ended) = ended else {
        if vthread.may_be_cancelled() {
            cleanup_pending(cell, task);
        }
        return None;
    };
    let dropped = running.dropping(|| {
        // SAFETY: as above. No scope is open in the frame, so no other thread looks at it any more.
        catch(|| unsafe { set_empty(cell) })
    });
    Some(ended.after_drop(dropped))
}

/// Drops the contents of the stage in place.
///
/// # Safety
/// The caller owns the stage.
unsafe fn set_empty<F: Future, P: Parent<F::Output>>(cell: &Cell<F, P>) {
    // Cleared before, so that it is right also if the drop unwinds: the other fields are dropped
    // while it does, and nothing is left.
    match cell.holds().replace(Holds::Nothing) {
        // SAFETY: owned, and initialised until now.
        Holds::Frame => unsafe { cell.frame().drop_in_place() },
        // SAFETY: as above.
        Holds::Value => unsafe { cell.value().drop_in_place() },
        Holds::Nothing => {}
    }
}

/// The end of a task: it settles and publishes. Returns the parent, to which it leaves.
///
/// # Safety
/// The frame is gone, and this thread runs the task.
unsafe fn finish<F: Future, P: Parent<F::Output>>(
    cell: &Cell<F, P>,
    ended: Ended<F::Output>,
    running: &Running,
) -> P {
    let header = &cell.header;
    // SAFETY: the parent is there until the last line of this function.
    let parent: &P = unsafe { &*cell.parent.get() };
    let (end, value) = parent.ended(header, ended);
    if let Some(value) = value {
        if std::mem::needs_drop::<P::Value>() {
            header.vthread.leak();
        }
        // SAFETY: the stage is ours until `complete`, and holds nothing.
        unsafe { cell.value().write(value) };
        cell.holds().set(Holds::Value);
    }
    header.set_end(end);
    let completed = header.state.complete();
    if completed.has_joiner {
        let joiner = header.vthread.open().joiner.take();
        if let Some(joiner) = joiner
            && let Err(payload) = catch(|| Waker::from(joiner.waker).wake())
        {
            parent.panicked(header, payload);
        }
    }
    if !completed.has_handle {
        // SAFETY: without a handle the value is ours to drop.
        let dropped = running.dropping(|| catch(|| unsafe { set_empty(cell) }));
        if let Err(payload) = dropped {
            parent.panicked(header, payload);
        }
    }
    // SAFETY: the frame is gone; `spawn` had the task inherit.
    let bindings = unsafe { bindings::release(&header.vthread) };
    if !bindings.is_empty() {
        // The destructors of their values run without them.
        running.bindings().clear();
        if let Err(payload) = catch(|| drop(bindings)) {
            parent.panicked(header, payload);
        }
    }
    // SAFETY: moved out once, here; the parent is not used in its place after the end.
    unsafe { ManuallyDrop::take(&mut *cell.parent.get()) }
}

unsafe fn take_value<F: Future, P: Parent<F::Output>>(task: NonNull<Header>, to: *mut ()) -> bool {
    // SAFETY: the holder of the handle calls after the end, and owns the stage then.
    let cell = unsafe { task.cast::<Cell<F, P>>().as_ref() };
    let has_value = cell.holds().get() == Holds::Value;
    if has_value {
        cell.holds().set(Holds::Nothing);
        // SAFETY: the stage holds a value, which is moved out; `to` is a place for one of this
        // type.
        unsafe { to.cast::<P::Value>().write(cell.value().read()) };
    }
    has_value
}

unsafe fn drop_value<F: Future, P: Parent<F::Output>>(task: NonNull<Header>) {
    // SAFETY: the holder of the handle calls after the end, and owns the stage then.
    unsafe { set_empty(task.cast::<Cell<F, P>>().as_ref()) };
}

unsafe fn free<F: Future, P: Parent<F::Output>>(task: NonNull<Header>) {
    let cell = task.cast::<Cell<F, P>>();
    // SAFETY: the last reference is gone; `allocate` has made it of this type. The parent was moved
    // out, and the stage is empty.
    unsafe {
        cell.drop_in_place();
        blocks::free(cell);
    }
}
