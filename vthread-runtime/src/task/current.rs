//! The vthread that this OS thread polls now.

#![allow(unsafe_code)] // A pointer to the poll on this thread's own stack.

use super::current_map::{Borrowed, Current};
use super::header::{Header, Held};
use super::race_turn::Runner;
use super::vthread::{TURNS, Vthread};
use super::wait_reason::{Turn, WaitReason};
use crate::base::chance;
use crate::cancel::deadline::Deadline;
use crate::cancel::passed_deadline;
use crate::cancel::passed_deadline::Late;
use crate::cancel::scope::Scope;
use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::task::{Context, Poll};

/// The number of operations that a vthread may complete without a pause.
const BUDGET: u32 = 128;

/// What a spawn costs of it. A spawner that goes on for long lets its children run before they are
/// so many that the worker's queue has to grow, and while their memory is in the cache.
const COST_OF_SPAWN: u32 = 3;

/// The code gives way of its own accord.
const ASKED: u8 = 1;
/// An operation has not been tried: the budget is spent, or it is another vthread's turn.
const HELD: u8 = 2;

thread_local! {
    static CURRENT: Cell<*const Running> = const { Cell::new(ptr::null()) };
}

/// The number of bytes of the stack that recursive calls may use before the rest of them is polled
/// from below.
const STACK: usize = 16 * 1024;

/// One poll of a vthread, on the stack of the thread that makes it.
#[derive(Debug)]
pub(crate) struct Running {
    vthread: *const Vthread,
    /// The data pointer of the waker of the vthread's own poll.
    waker: *const (),
    /// The task that is polled, or below whose plain frame it is polled. None below a plain thread.
    task: Option<NonNull<Header>>,
    /// The innermost scope whose code runs now.
    scope: Cell<*const Scope>,
    budget: Cell<u32>,
    /// Why it goes to the back of the queue after this poll, if it does: `ASKED`, `HELD`.
    yielded: Cell<u8>,
    turn: Turn,
    /// The runtime is dropping a frame: blocking calls made by destructors complete.
    dropping: Cell<bool>,
    /// Recursive calls nest here: a branch of a `select!` is polled beside others.
    nests: Cell<bool>,
    /// A user's future is polled, which may poll several things beside one another.
    in_foreign: Cell<bool>,
    /// The runner of a race that is polled, if it is one.
    runner: Cell<*const Runner<'static>>,
    /// The bindings of the code that runs.
    bindings: Current,
    /// The position of the thread's stack when the poll of the vthread's call stack began.
    stack_base: Cell<usize>,
}

impl Running {
    /// A poll of `task`.
    #[inline]
    pub(crate) fn of_task(task: Held<'_>, turn: Turn) -> Self {
        Self::new(&task.vthread, task.waker_data(), Some(task.as_ptr()), turn)
    }

    /// A poll of the root of a blocking call, with a waker whose data pointer is `waker`.
    pub(crate) fn of_root(vthread: &Vthread, waker: *const ()) -> Self {
        let task = with(|around| {
            let around = around?;
            // A runner that blocks has waited for something other than its operation.
            around.runner().into_iter().for_each(Runner::give_back);
            around.task
        });
        Self::new(vthread, waker, task, Turn::OF_ROOT)
    }

    #[inline]
    fn new(vthread: &Vthread, waker: *const (), task: Option<NonNull<Header>>, turn: Turn) -> Self {
        vthread.wait_reason.set(WaitReason::Unknown);
        Running {
            vthread,
            waker,
            task,
            scope: Cell::new(&vthread.root),
            budget: Cell::new(BUDGET),
            yielded: Cell::new(0),
            turn,
            dropping: Cell::new(false),
            nests: Cell::new(false),
            in_foreign: Cell::new(false),
            runner: Cell::new(ptr::null()),
            bindings: Current::inherited(),
            stack_base: Cell::new(0),
        }
    }

    /// Makes this the thread's current poll until the guard is dropped.
    #[inline]
    pub(crate) fn enter(&self) -> Entered<'_> {
        Entered {
            before: CURRENT.replace(self),
            running: self,
        }
    }

    /// Whether `cx` is the vthread's own, with no foreign executor between.
    #[inline]
    pub(crate) fn is_own(&self, cx: &Context<'_>) -> bool {
        ptr::eq(cx.waker().data(), self.waker)
    }

    /// The task, if `cx` is that of its own poll.
    #[inline]
    fn own_task(&self, cx: &Context<'_>) -> Option<NonNull<Header>> {
        let is_own = |task: &NonNull<Header>| ptr::eq(task.as_ptr().cast(), self.waker);
        self.task.filter(is_own).filter(|_| self.is_own(cx))
    }

    /// Why the vthread is polled.
    #[inline]
    pub(crate) fn turn(&self) -> Turn {
        self.turn
    }

    /// Whether it is the first poll of a task.
    #[inline]
    pub(crate) fn is_first(&self) -> bool {
        self.turn.is_first()
    }

    /// The task in whose frame this code runs, if there is one.
    pub(crate) fn task(&self) -> Option<RunningTask<'_>> {
        // SAFETY: it is polled by this thread, here or further out on the stack.
        self.task
            .map(|task| RunningTask(unsafe { Held::new(task) }))
    }

    /// The place of the bindings of the code that runs.
    #[inline]
    pub(super) fn bindings(&self) -> &Current {
        &self.bindings
    }

    /// The bindings of the code that runs.
    #[inline]
    pub(super) fn bindings_now(&self) -> Borrowed {
        let inherited = || self.vthread().stack_top.inherited();
        self.bindings.get(inherited)
    }

    /// The vthread that is polled.
    #[inline]
    pub(crate) fn vthread(&self) -> &Vthread {
        // SAFETY: a poll is made by the vthread's owner, which keeps it until the poll is over.
        unsafe { &*self.vthread }
    }

    /// The innermost scope.
    pub(crate) fn scope(&self) -> *const Scope {
        self.scope.get()
    }

    /// Whether the innermost scope counts as marked.
    #[inline]
    pub(crate) fn is_marked(&self) -> bool {
        // SAFETY: this thread polls the vthread, and its innermost scope and those above are
        // open, hence alive.
        unsafe { self.vthread().is_marked(self.scope.get()) }
    }

    /// Whether the walk that has marked the vthread is still marking others: the vthread waits for
    /// that before it ends.
    #[inline]
    pub(crate) fn is_held(&self) -> bool {
        // SAFETY: this thread polls the vthread.
        self.vthread().is_held()
    }

    /// Whether the vthread must stop here: its innermost scope counts as marked, or a deadline has
    /// passed whose alarm has not rung. Without a mark and a deadline this is one load.
    #[inline]
    pub(crate) fn must_stop(&self) -> bool {
        self.vthread().may_be_cancelled() && self.is_marked_or_late()
    }

    /// As `must_stop`, for an operation that has not begun: in a test with a seed it may have to
    /// wait for a turn as well.
    #[inline]
    pub(crate) fn must_pause(&self) -> bool {
        let looks = self.vthread().looks();
        looks != 0 && (self.is_interrupted(looks) || self.is_marked_or_late())
    }

    #[inline]
    fn is_interrupted(&self, looks: u16) -> bool {
        looks & TURNS != 0 && self.waits_for_turn()
    }

    #[cold]
    fn waits_for_turn(&self) -> bool {
        // What is marked meets its mark.
        let waits = !self.is_marked() && chance::interrupts(self.has_yielded());
        if waits {
            self.set_held();
        }
        waits
    }

    /// Whether the vthread waits for a turn between two looks of one operation. Only in a test with
    /// a seed.
    #[inline]
    pub(crate) fn gives_turn(&self) -> bool {
        self.vthread().takes_turns() && !self.has_yielded() && self.waits_for_turn()
    }

    /// Whether the innermost scope counts as marked, after deadlines that have passed are applied.
    #[cold]
    fn is_marked_or_late(&self) -> bool {
        if self.is_marked() {
            return true;
        }
        // SAFETY: the innermost scope is open, and this thread polls the vthread.
        match unsafe { passed_deadline::mark(self.scope.get()) } {
            Late::Not => return false,
            Late::Marked => {}
            // The timeout is another vthread's.
            Late::Elsewhere => crate::runtime::ring(),
        }
        self.is_marked()
    }

    /// The deadline of the smallest timeout around the code that runs.
    pub(crate) fn deadline(&self) -> Deadline {
        // SAFETY: as above.
        unsafe { (*self.scope.get()).deadline() }
    }

    /// Runs `code` with `scope` as the innermost one: an open scope, by a pointer that satisfies
    /// `Scope::set_parent`.
    #[inline]
    pub(crate) fn within<R>(&self, scope: *const Scope, code: impl FnOnce() -> R) -> R {
        let guard = Restore(&self.scope, self.scope.replace(scope));
        let result = code();
        drop(guard);
        result
    }

    /// Drops part of a frame by `code`: blocking calls in destructors are not cancelled.
    pub(crate) fn dropping<R>(&self, code: impl FnOnce() -> R) -> R {
        let guard = Restore(&self.dropping, self.dropping.replace(true));
        let result = code();
        drop(guard);
        result
    }

    /// Runs `code`, in which recursive calls nest.
    pub(crate) fn nesting<R>(&self, code: impl FnOnce() -> R) -> R {
        let guard = Restore(&self.nests, self.nests.replace(true));
        let result = code();
        drop(guard);
        result
    }

    /// Runs `code`, which polls `runner`.
    pub(crate) fn as_runner<R>(&self, runner: &Runner<'_>, code: impl FnOnce() -> R) -> R {
        let runner = ptr::from_ref(runner).cast();
        let guard = Restore(&self.runner, self.runner.replace(runner));
        let result = code();
        drop(guard);
        result
    }

    /// The runner of a race that is polled, if it is one.
    pub(crate) fn runner(&self) -> Option<&Runner<'_>> {
        // SAFETY: set while `as_runner`, further out on this thread's stack, borrows it.
        unsafe { self.runner.get().as_ref() }
    }

    /// Whether an operation that is polled with `cx` is one of a runner of a race.
    #[inline]
    pub(crate) fn races(&self, cx: &Context<'_>) -> bool {
        !self.runner.get().is_null() && self.is_own(cx)
    }

    /// Notes that recursive calls begin to use the stack here.
    #[inline]
    pub(crate) fn mark_stack(&self) {
        self.stack_base.set(stack_pointer());
    }

    /// Whether another recursive call may be polled in place.
    #[inline]
    pub(crate) fn has_stack(&self) -> bool {
        self.stack_base.get().abs_diff(stack_pointer()) < STACK
    }

    /// Runs `code`, which polls a user's future.
    pub(crate) fn in_foreign<R>(&self, code: impl FnOnce() -> R) -> R {
        let guard = Restore(&self.in_foreign, self.in_foreign.replace(true));
        let result = code();
        drop(guard);
        result
    }

    pub(crate) fn is_in_foreign(&self) -> bool {
        self.in_foreign.get()
    }

    pub(crate) fn nests(&self) -> bool {
        self.nests.get()
    }

    pub(crate) fn is_dropping(&self) -> bool {
        self.dropping.get()
    }

    /// The vthread goes to the back of the queue after this poll: it gives way.
    #[inline]
    pub(crate) fn set_yielded(&self) {
        self.yielded.set(self.yielded.get() | ASKED);
    }

    fn set_held(&self) {
        self.yielded.set(self.yielded.get() | HELD);
    }

    /// Whether it goes there.
    #[inline]
    pub(crate) fn has_yielded(&self) -> bool {
        self.yielded.get() != 0
    }

    /// Whether all that was polled had its chance: nothing is cancelled, nor held up. If something
    /// gives way, it is let through as often as an operation would be.
    pub(crate) fn has_tried(&self) -> bool {
        match self.yielded.get() {
            _ if self.must_stop() => false,
            0 => true,
            ASKED => self.spend(1).is_ready(),
            _ => false,
        }
    }

    /// Called before the same vthread is polled again.
    pub(crate) fn renew(&self) {
        self.budget.set(BUDGET);
        self.yielded.set(0);
        self.set_wait_reason(WaitReason::Unknown);
    }

    /// Sets the reason for which the vthread is about to wait.
    #[inline]
    pub(crate) fn set_wait_reason(&self, wait_reason: WaitReason) {
        self.vthread().wait_reason.set(wait_reason);
    }

    #[inline]
    fn spend(&self, cost: u32) -> Poll<()> {
        let (left, is_spent) = self.budget.get().overflowing_sub(cost);
        self.budget.set(left);
        if is_spent {
            return self.has_spent_all();
        }
        Poll::Ready(())
    }

    #[cold]
    fn has_spent_all(&self) -> Poll<()> {
        self.budget.set(0);
        self.set_held();
        Poll::Pending
    }
}

/// The approximate position of the stack.
#[inline]
fn stack_pointer() -> usize {
    let here = 0_u8;
    ptr::from_ref(std::hint::black_box(&here)).addr()
}

/// A task that this thread is polling, so that all parts of it are there.
#[derive(Debug)]
pub(crate) struct RunningTask<'a>(Held<'a>);

impl RunningTask<'_> {
    /// The task's `Parent::address`.
    pub(crate) fn parent(&self) -> *const () {
        // SAFETY: the task runs: see the type.
        unsafe { self.0.parent() }
    }
}

impl std::ops::Deref for RunningTask<'_> {
    type Target = Header;
    fn deref(&self) -> &Header {
        &self.0
    }
}

/// Restores a cell, also when the code inside unwinds.
struct Restore<'a, T: Copy>(&'a Cell<T>, T);
impl<T: Copy> Drop for Restore<'_, T> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// While it lives, its `Running` is the thread's current one.
#[derive(Debug)]
pub(crate) struct Entered<'a> {
    before: *const Running,
    running: &'a Running,
}
impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        // Polls nest like the frames of a stack, unless something switches stacks in the middle of
        // one.
        if !ptr::eq(CURRENT.replace(self.before), self.running) {
            left_in_the_middle();
        }
    }
}

/// The current poll is another one, whose frames may be gone: nothing sound can follow.
#[cold]
fn left_in_the_middle() -> ! {
    eprintln!(
        "vthread: a poll ends that is not the current one: code that switches stacks, as a stackful coroutine does, \
         has suspended inside a call of a vthread function and let other calls begin or end meanwhile"
    );
    std::process::abort()
}

/// Calls `code` with the thread's current poll, if there is one.
#[inline]
pub(crate) fn with<R>(code: impl FnOnce(Option<&Running>) -> R) -> R {
    // SAFETY: the pointer is set while the `Running` it names is borrowed by an `Entered` that lies
    // further out on this thread's stack.
    code(unsafe { CURRENT.get().as_ref() })
}

/// The check that every library operation makes before it starts, and whenever it is polled.
///
/// `Pending`: the vthread is cancelled (nothing is registered, its frame is about to be dropped),
/// or it has spent its budget (it is polled again soon). Return `Pending` and register nothing.
///
/// Under a foreign executor (a plain `block_on` inside a closure) it is always `Ready`: no caller
/// there would act on the mark.
#[inline]
pub(crate) fn checkpoint(cx: &mut Context<'_>) -> Poll<()> {
    checkpoint_of(cx).map(|_| ())
}

/// As `checkpoint`, for an operation that takes something or gives it away: returns whether it
/// belongs to a runner of a race.
#[inline]
pub(crate) fn checkpoint_of(cx: &mut Context<'_>) -> Poll<bool> {
    let races = checkpoint_with(cx, |running| !running.runner.get().is_null());
    races.map(|races| races == Some(true))
}

/// As `checkpoint`, for a spawn.
#[inline]
pub(crate) fn checkpoint_of_spawn(cx: &mut Context<'_>) -> Poll<()> {
    checkpoint_for(COST_OF_SPAWN, cx, |_| ()).map(|_| ())
}

/// As `checkpoint`, and returns what `look` says of the current poll, if it is the vthread's own.
#[inline]
pub(crate) fn checkpoint_with<R>(
    cx: &mut Context<'_>,
    look: impl FnOnce(&Running) -> R,
) -> Poll<Option<R>> {
    checkpoint_for(1, cx, look)
}

#[inline]
fn checkpoint_for<R>(
    cost: u32,
    cx: &mut Context<'_>,
    look: impl FnOnce(&Running) -> R,
) -> Poll<Option<R>> {
    with(|running| match running {
        Some(running) if running.is_own(cx) => {
            if running.must_pause() {
                Poll::Pending
            } else {
                running.spend(cost).map(|()| Some(look(running)))
            }
        }
        _ => Poll::Ready(None),
    })
}

/// Whether `cx` is a vthread's own, with no foreign executor between.
#[inline]
pub(crate) fn is_own(cx: &Context<'_>) -> bool {
    with(|running| running.is_some_and(|running| running.is_own(cx)))
}

/// The task that is polled with `cx`, with no foreign executor and no blocking call between.
#[inline]
pub(crate) fn own_task(cx: &Context<'_>) -> Option<NonNull<Header>> {
    with(|running| running?.own_task(cx))
}

/// As `checkpoint`, without spending budget: for waits that are polled again by a wake.
#[inline]
pub(crate) fn check_mark(cx: &mut Context<'_>) -> Poll<()> {
    with(|running| match running {
        Some(running) if running.is_own(cx) && running.must_stop() => Poll::Pending,
        _ => Poll::Ready(()),
    })
}
