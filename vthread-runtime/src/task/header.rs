//! The part of a task that does not depend on its types, and references to it.

#![allow(unsafe_code)] // Tasks are reached by address.

use super::cold::Cold;
use super::id::TaskId;
use super::short_waker::ShortWaker;
use super::state::{Activity, Release, State};
use super::vthread::Vthread;
use super::wait_for::Site;
use super::wait_reason::WaitReason;
use crate::cancel::scope::Kind;
use crate::trace::spans;
use crate::trace::timeline::Then;
use std::borrow::Cow;
use std::cell::Cell;
use std::marker::PhantomData;
use std::panic::Location;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::Waker;

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum End {
    /// Not yet.
    Alive = 0,
    /// With a value.
    Done,
    /// With an error, which its group has.
    Failed,
    /// With a panic, which its group has.
    Panicked,
    /// By cancellation.
    Cancelled,
}

/// The queue of a test that runs its vthreads itself.
pub(crate) trait Queue: Send + Sync {
    /// Queues a task that is one of the test's.
    fn push(&self, task: TaskRef);
}

/// The options of a child's `spawn!`.
#[derive(Debug)]
pub(crate) struct About {
    /// The location of the `spawn!`.
    pub(crate) site: &'static Location<'static>,
    /// The child's name.
    pub(crate) name: Option<Cow<'static, str>>,
    /// The child does not keep its group open.
    pub(crate) is_service: bool,
}

/// The waiter for the end of a task.
#[derive(Debug)]
pub(crate) struct Joiner {
    pub(crate) waker: ShortWaker,
    /// The location of its call, if it waits for nothing else.
    pub(crate) site: Option<Site>,
}

/// The small data that only a task has. It is part of the vthread, where it fits into padding.
#[derive(Debug)]
pub(crate) struct OfTask {
    end: AtomicU8,
    /// It counts against the group's limit. Touched by the thread that polls the task, and before
    /// that by the one that spawns it.
    has_permit: AtomicBool,
    /// Touched under the parent's lock only.
    has_lost_work: Cell<bool>,
    /// Belongs to the owner of the stage.
    pub(crate) holds: Cell<Holds>,
}

/// The contents of a task's stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Frame,
    Value,
    Nothing,
}

impl OfTask {
    /// Of a task that is new, or of a vthread that is none.
    #[inline]
    pub(super) fn new() -> Self {
        OfTask {
            end: AtomicU8::new(End::Alive as u8),
            has_permit: AtomicBool::new(false),
            has_lost_work: Cell::new(false),
            holds: Cell::new(Holds::Frame),
        }
    }
}

/// A wait for the end of a task, as another thread has seen it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenJoiner {
    /// The number of the wait.
    pub(crate) number: u64,
    /// The data pointer of the waiting vthread's own waker.
    pub(crate) waker: *const (),
    /// The location of its call.
    pub(crate) site: Site,
}

/// First field of every task, and so at the beginning of a block: a pointer to it has room for a
/// small number (group/leaving.rs).
#[derive(Debug)]
#[repr(C)]
#[cfg_attr(all(test, loom), repr(align(16)))] // Those of models are in no block.
pub(crate) struct Header {
    pub(crate) state: State,
    /// Of a traced child: its spawner's count after its birth (guard_escape.rs). Under the parent's
    /// lock.
    born: Cell<u32>,
    pub(crate) vtable: &'static VTable,
    pub(crate) vthread: Vthread,
}

/// The functions that depend on the task's types.
#[derive(Debug)]
pub(crate) struct VTable {
    /// The parent's `Parent::address`.
    pub(crate) parent: unsafe fn(NonNull<Header>) -> *const (),
    /// Polls the frame; the task was taken from a queue. Returns what it does then; if it yields,
    /// the caller queues it.
    pub(crate) run: unsafe fn(NonNull<Header>) -> Then,
    /// Moves the value to the place given; false if there is none.
    pub(crate) take_value: unsafe fn(NonNull<Header>, *mut ()) -> bool,
    /// Drops the value, if there is one.
    pub(crate) drop_value: unsafe fn(NonNull<Header>),
    /// Frees the memory.
    pub(crate) free: unsafe fn(NonNull<Header>),
}

impl Header {
    /// Makes one at `place`, field by field: as a value it would be copied there by way of the
    /// stack.
    ///
    /// # Safety
    /// - The place is valid for a write.
    #[inline]
    pub(crate) unsafe fn write(place: *mut Self, vtable: &'static VTable, about: About) {
        // All fields, so that the compiler finds one that is left out below.
        let _ = |it: Self| {
            let Header {
                state: _,
                born: _,
                vtable: _,
                vthread: _,
            } = it;
        };
        let kind = match about.is_service {
            true => Kind::Service,
            false => Kind::Task,
        };
        let rare = Cold::new(about.site, about.name);
        // SAFETY: by the contract.
        unsafe {
            (&raw mut (*place).state).write(State::new());
            (&raw mut (*place).born).write(Cell::new(0));
            (&raw mut (*place).vtable).write(vtable);
            Vthread::write(&raw mut (*place).vthread, kind, rare, WaitReason::New);
        }
    }

    /// Sets the end of a header without a task.
    #[cfg(all(test, loom))]
    pub(crate) fn end_in_model(&self, end: End) {
        self.set_end(end);
    }

    /// A header without a task, for models of the parent's lists.
    #[cfg(all(test, loom))]
    pub(crate) fn for_model(is_service: bool) -> Self {
        unsafe fn never(_: NonNull<Header>) {
            unreachable!()
        }
        unsafe fn never_runs(_: NonNull<Header>) -> Then {
            unreachable!()
        }
        /// The model's `Arc` frees it.
        unsafe fn by_its_arc(_: NonNull<Header>) {}
        unsafe fn nothing(_: NonNull<Header>, _: *mut ()) -> bool {
            unreachable!()
        }
        unsafe fn no_parent(_: NonNull<Header>) -> *const () {
            ptr::null()
        }
        static VTABLE: VTable = VTable {
            parent: no_parent,
            run: never_runs,
            take_value: nothing,
            drop_value: never,
            free: by_its_arc,
        };
        let about = About {
            site: Location::caller(),
            name: None,
            is_service,
        };
        let mut header = std::mem::MaybeUninit::uninit();
        // SAFETY: a place for one, which is written.
        unsafe {
            Header::write(header.as_mut_ptr(), &VTABLE, about);
            header.assume_init()
        }
    }

    pub(crate) fn id(&self) -> TaskId {
        self.vthread.rare.id()
    }

    pub(crate) fn name(&self) -> Option<&Cow<'static, str>> {
        self.vthread.rare.name()
    }

    /// The location of the `spawn!`.
    #[inline]
    pub(crate) fn site(&self) -> Site {
        // SAFETY: this is a task, with which it was made.
        unsafe { self.vthread.rare.site_of_task() }
    }

    /// The same of a task without a name. `None`: it may have one.
    #[inline]
    pub(super) fn site_if_nameless(&self) -> Option<Site> {
        // SAFETY: as above.
        unsafe { self.vthread.rare.site_if_nameless() }
    }

    /// The neighbour backwards in the list of the task's parent. Under the parent's lock.
    #[inline]
    pub(crate) fn before(&self) -> Option<NonNull<Header>> {
        NonNull::new(self.vthread.root.task_links().0.get().cast_mut().cast())
    }

    /// Sets that. Under the parent's lock.
    #[inline]
    pub(crate) fn set_before(&self, before: Option<NonNull<Header>>) {
        self.vthread.root.task_links().0.set(address(before));
    }

    /// The neighbour forwards. Under the parent's lock.
    #[inline]
    pub(crate) fn after(&self) -> Option<NonNull<Header>> {
        NonNull::new(self.vthread.root.task_links().1.get().cast_mut().cast())
    }

    /// Sets that. Under the parent's lock.
    #[inline]
    pub(crate) fn set_after(&self, after: Option<NonNull<Header>>) {
        self.vthread.root.task_links().1.set(address(after));
    }

    /// Of a traced child: its spawner's count after its birth. Under the parent's lock.
    #[inline]
    pub(crate) fn born(&self) -> u32 {
        self.born.get()
    }

    /// Sets that. Under the parent's lock.
    #[inline]
    pub(crate) fn set_born(&self, count: u32) {
        self.born.set(count);
    }

    /// Whether it does not keep its group open by itself.
    pub(crate) fn is_service(&self) -> bool {
        self.vthread.root.kind == Kind::Service
    }

    /// Whether it counts against the group's limit.
    #[inline]
    pub(crate) fn has_permit(&self) -> &AtomicBool {
        &self.vthread.of_task.has_permit
    }

    /// Whether a mark from outside its group was the first to cancel it. Under the parent's lock.
    pub(crate) fn has_lost_work(&self) -> bool {
        self.vthread.of_task.has_lost_work.get()
    }

    /// Sets that. Under the parent's lock.
    pub(crate) fn set_lost_work(&self, has_lost_work: bool) {
        self.vthread.of_task.has_lost_work.set(has_lost_work);
    }

    /// How the task ended.
    pub(crate) fn end(&self) -> End {
        match self.vthread.of_task.end.load(Ordering::Acquire) {
            0 => End::Alive,
            1 => End::Done,
            2 => End::Failed,
            3 => End::Panicked,
            _ => End::Cancelled,
        }
    }

    #[inline]
    pub(crate) fn set_end(&self, end: End) {
        let place = &self.vthread.of_task.end;
        place.store(end as u8, Ordering::Release);
    }

    /// The wait for its end, if its waiter waits for nothing else.
    pub(crate) fn joiner(&self) -> Option<SeenJoiner> {
        let open = self.vthread.open();
        let joiner = open.joiner.as_ref()?;
        Some(SeenJoiner {
            site: joiner.site?,
            number: self.vthread.rare.join_number(&open),
            waker: joiner.waker.data(),
        })
    }

    /// Queues it, `task`, with the test that runs it.
    #[cold]
    pub(crate) fn queue_in_world(&self, task: TaskRef) {
        let queue = self.vthread.rare.queue().expect("set before `enter_world`");
        queue.push(task);
    }

    pub(crate) fn activity(&self) -> Activity {
        match self.state.activity() {
            Activity::Running if self.vthread.wait_reason.is_queued() => Activity::Ready,
            activity => activity,
        }
    }

    #[inline]
    pub(crate) fn is_complete(&self) -> bool {
        self.state.is_complete()
    }

    /// The data pointer of the task's own waker: to compare, not to reach the task by.
    pub(crate) fn waker_data(&self) -> *const () {
        ptr::from_ref(self).cast()
    }
}

/// A task that is kept alive as long as this lives: by an owner of a reference to it, by its poll,
/// or by its parent's lock under which it was found linked.
///
/// It leads to the whole allocation, as every reference to a task does: a `&Header` leads to the
/// header and no further, so that no waker, no entry of a queue and no link may come from one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held<'a> {
    task: NonNull<Header>,
    _kept: PhantomData<&'a Header>,
}

impl<'a> Held<'a> {
    /// # Safety
    /// - The pointer is the one with which the task was made, or a copy of it.
    /// - The task's memory is kept for `'a`.
    #[inline]
    pub(crate) unsafe fn new(task: NonNull<Header>) -> Self {
        Held {
            task,
            _kept: PhantomData,
        }
    }

    /// For a header without a task, whose waker is compared and never used.
    #[cfg(all(test, loom))]
    pub(crate) fn of_model(header: &'a std::sync::Arc<Header>) -> Self {
        let header = std::sync::Arc::as_ptr(header).cast_mut();
        // SAFETY: not null, and borrowed.
        unsafe { Held::new(NonNull::new_unchecked(header)) }
    }

    /// The pointer, for a caller that keeps the task alive by other means.
    #[inline]
    pub(crate) fn as_ptr(self) -> NonNull<Header> {
        self.task
    }

    /// The header, for as long as the task is kept.
    pub(crate) fn header(self) -> &'a Header {
        // SAFETY: kept for `'a`, as `new` asks.
        unsafe { self.task.as_ref() }
    }

    /// A waker of the task, which may outlive `'a`.
    pub(crate) fn waker(self) -> Waker {
        Waker::clone(&super::waker::borrowed(self))
    }

    /// Takes the task from where it waits, as a waker does, to be queued later by `queue_claimed`:
    /// until then no other thread polls it. `None`: it does not wait, or its wakes are told.
    #[inline]
    pub(crate) fn claim(self) -> Option<TaskRef> {
        // The user's code that is told of a wake may wait for another claimed task.
        if spans::wakers_are_wanted() {
            return None;
        }
        self.state.claim().then(|| {
            self.vthread.wait_reason.set(WaitReason::Queued);
            TaskRef(self.task)
        })
    }

    /// The parent's `Parent::address`.
    ///
    /// # Safety
    /// - The task is polled by this thread.
    pub(crate) unsafe fn parent(self) -> *const () {
        // SAFETY: the task's own vtable; the rest is the caller's promise.
        unsafe { (self.vtable.parent)(self.task) }
    }
}

impl std::ops::Deref for Held<'_> {
    type Target = Header;
    #[inline]
    fn deref(&self) -> &Header {
        self.header()
    }
}

/// A task in a queue: `RUNNING`, hence alive. Its holder runs it.
#[derive(Debug)]
pub(crate) struct TaskRef(pub(crate) NonNull<Header>);

// SAFETY: a task's frame, value and result are `Send` (checked where it is made); the rest of the
// header is atomics and locks.
unsafe impl Send for TaskRef {}

impl TaskRef {
    /// The location of its `spawn!`.
    #[inline]
    pub(crate) fn site(&self) -> Site {
        // SAFETY: a task in a queue is alive.
        unsafe { self.0.as_ref() }.site()
    }

    /// The task by address, for a place of one word.
    #[inline]
    pub(crate) fn into_raw(self) -> *mut Header {
        self.0.as_ptr()
    }

    /// The task that was put into such a place; `None` if it is null.
    ///
    /// # Safety
    /// - `task` is null, or came from `into_raw` and is taken back once.
    #[inline]
    pub(crate) unsafe fn from_raw(task: *mut Header) -> Option<Self> {
        NonNull::new(task).map(TaskRef)
    }

    /// An address that is never read, for models and tests of queues.
    #[cfg(test)]
    pub(crate) fn for_model(number: usize) -> Self {
        TaskRef(NonNull::new(ptr::without_provenance_mut(number)).expect("not zero"))
    }

    /// Its address, to compare.
    pub(crate) fn address(&self) -> usize {
        self.0.addr().get()
    }

    /// The task, as long as it stays in the queue.
    pub(crate) fn header(&self) -> &Header {
        // SAFETY: a task in a queue is alive.
        unsafe { self.0.as_ref() }
    }

    /// From here on `queue` has the task whenever it is woken. It was not queued before.
    pub(crate) fn enter_world(&self, queue: Arc<dyn Queue>) {
        let header = self.header();
        header.vthread.rare.set_queue(queue);
        header.state.enter_world();
    }

    /// Polls the task once, and returns what it does then.
    pub(crate) fn run(self) -> Then {
        let (then, yielded) = self.run_to_yield();
        if let Some(task) = yielded {
            crate::runtime::schedule_again(task);
        }
        then
    }

    /// Polls the task once, and returns what it does then, and the task if it has yielded: the
    /// caller queues it.
    #[inline]
    pub(crate) fn run_to_yield(self) -> (Then, Option<Self>) {
        let task = self.0;
        // SAFETY: a task in a queue is `RUNNING`, hence alive. It is in one queue
        // only, so that no other thread runs it.
        let then = unsafe { (task.as_ref().vtable.run)(task) };
        (then, (then == Then::YIELDS).then_some(TaskRef(task)))
    }
}

fn address(task: Option<NonNull<Header>>) -> *const () {
    task.map_or(ptr::null(), |task| task.as_ptr().cast())
}

/// Gives up one reference.
///
/// # Safety
/// The caller owns one, and uses the task no more.
#[inline]
pub(crate) unsafe fn release(task: NonNull<Header>) {
    // SAFETY: the reference keeps it alive until here.
    let header = unsafe { task.as_ref() };
    let free = header.vtable.free;
    if header.state.release() == Release::Free {
        // SAFETY: it was the last reference.
        unsafe { free(task) }
    }
}

#[cfg(all(test, not(loom), target_pointer_width = "64"))]
mod tests {
    use super::*;

    /// Every vthread pays for it: data that few need belongs into `Cold`.
    #[test]
    fn a_header_is_no_larger_than_it_was() {
        let stack = size_of::<crate::task::stack::Stack>();
        // The header's size is a multiple of its alignment.
        let most = (112 + stack).next_multiple_of(align_of::<Header>());
        assert!(size_of::<Header>() <= most, "{}", size_of::<Header>());
    }
}
