//! What every vthread has, be it a task or the root of a blocking call: its root scope, the list of
//! the scopes open in its frame, the top of its call stack, and a flag by which its operations
//! learn of a mark.
//!
//! The protocol of marks. To mark: (1) set the scope's mark, (2) set the vthread's
//! flag `MARKS`, (3) take the list's lock and pass the mark on to every scope in it, (4)
//! wake the vthread. To open a scope: (a) link it under the list's lock, (b) look at the marks
//! above it. Either (3) finds the new scope or (b) finds the mark, since both go through one lock.
//! A forced mark goes the same way, with the same argument.
//!
//! A marked vthread acts on its mark when all others are marked that are to be: an observer of its
//! end, by a closed channel or its outcome, is then marked as well, and meets that at its next
//! suspension point. So a walk (0) holds the vthread before step 1, and releases it after the last
//! mark and before it wakes it. A vthread that finds itself marked and held waits, with its frame
//! as it is. A task that waits at step 0 need not be held: the walk *claims* it (`state.rs`), so
//! that no waker has it polled, and queues it after the last mark.
//!
//! *No marked vthread ends early.* A thread that sees the mark of step 1 sees the hold of step 0,
//! unless it is released; and a thread that sees the release sees all marks. A claimed task is not
//! polled before it is queued. *None is forgotten:* a vthread that waits because it is held is
//! woken after the release (`loom_vthread_ends_when_all_are_marked`,
//! `loom_vthread_is_claimed_or_held`).

#![allow(unsafe_code)] // Walks chains of scopes, which are linked by address.

use super::cold::Cold;
use super::guard_escape::GuardEscape;
use super::header::{Joiner, OfTask};
use super::stack::Stack;
use super::stack_top::StackTop;
use super::wait_for::{LockWait, SeenWait, is_unlimited};
use super::wait_reason::{WaitReason, WaitReasonCell};
use crate::cancel::reason::CancelReason;
use crate::cancel::scope::{Kind, Level, Scope};
use crate::primitive::{AtomicU16, Mutex, MutexGuard, Ordering};
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::ptr;

/// Some scope of the vthread may be marked, or have a deadline that has passed.
const MARKS: u16 = 1 << 0;
/// Operations may be interrupted: `base/chance.rs`.
pub(super) const TURNS: u16 = 1 << 1;
/// One of the holds, which are counted in the bits from here up.
const HOLD: u16 = 1 << 2;

/// The part of a vthread that scopes and marks need.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Vthread {
    /// The outermost scope: marked when the whole vthread is cancelled.
    pub(crate) root: Scope,
    /// The top of the call stack, and the bindings that it was born with. Touched by the polling
    /// thread only.
    pub(crate) stack_top: StackTop,
    /// Whether the guards of its locks are certainly still its own.
    pub(crate) escape: GuardEscape,
    /// The data that few vthreads have.
    pub(crate) rare: Cold,
    /// Under `lock`, which stands among the flags: beside the list it would take a word.
    open: UnsafeCell<Open>,
    /// Whether its operations have to look closer before they begin, and for what: `MARKS`,
    /// `TURNS`. Never cleared while the vthread lives. Beside these the number of holds: by walks
    /// that have marked a scope of this vthread, and have others to mark still. One walk has as
    /// many as it has found nested groups with a grace of their own. At 2^14 the number wraps, and
    /// the vthread does not wait for the walk.
    looks: AtomicU16,
    lock: Mutex<()>,
    /// The reason of its wait when it is parked.
    pub(crate) wait_reason: WaitReasonCell,
    /// The data that only a task has. It fits into the padding after the flags.
    pub(crate) of_task: OfTask,
    /// Its calls, when it is parked.
    pub(crate) stack: Stack,
}

// SAFETY: the cells of scopes follow the rule in scope.rs: the polling thread or the lock; the list
// is reached through its guard. The cell of the stage belongs to the owner of the stage (cell.rs).
unsafe impl Send for Vthread {}
// SAFETY: as above.
unsafe impl Sync for Vthread {}

/// The shared part of a vthread: the scopes open in its frame, newest first, and the waits that it
/// is a part of.
#[derive(Debug)]
pub(crate) struct Open {
    /// The newest scope. If the vthread waits for a lock, and for nothing else, the address of that
    /// wait, made odd: the wait has the newest scope then.
    head: *const (),
    /// The waiter for the end of the task that it is.
    pub(crate) joiner: Option<Joiner>,
}

/// Set in the address of a wait.
const WAIT: usize = 1;

/// The shared part of a vthread, locked.
pub(crate) struct OpenGuard<'a> {
    open: &'a UnsafeCell<Open>,
    _held: MutexGuard<'a, ()>,
}

impl Deref for OpenGuard<'_> {
    type Target = Open;
    #[inline]
    fn deref(&self) -> &Open {
        // SAFETY: the lock is held.
        unsafe { &*self.open.get() }
    }
}

impl DerefMut for OpenGuard<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Open {
        // SAFETY: the lock is held, and the guard is borrowed for as long.
        unsafe { &mut *self.open.get() }
    }
}

impl Vthread {
    /// For a blocking call.
    pub(crate) fn new() -> Self {
        let mut vthread = MaybeUninit::uninit();
        // SAFETY: a place for one, which is written.
        unsafe {
            let (place, rare) = (vthread.as_mut_ptr(), Cold::of_none());
            Vthread::write(place, Kind::Root, rare, WaitReason::Unknown);
            vthread.assume_init()
        }
    }

    /// Makes one at `place`, field by field: as a value it would be copied there by way of the
    /// stack.
    ///
    /// # Safety
    /// - The place is valid for a write.
    #[inline]
    pub(crate) unsafe fn write(place: *mut Self, kind: Kind, rare: Cold, wait_reason: WaitReason) {
        // All fields, so that the compiler finds one that is left out below.
        let _ = |it: Self| {
            let Vthread {
                root: _,
                stack_top: _,
                escape: _,
                rare: _,
                open: _,
                lock: _,
                looks: _,
                wait_reason: _,
                of_task: _,
                stack: _,
            } = it;
        };
        // SAFETY: by the contract.
        unsafe {
            (&raw mut (*place).root).write(Scope::new(kind));
            (&raw mut (*place).stack_top).write(StackTop::new());
            (&raw mut (*place).escape).write(GuardEscape::new());
            (&raw mut (*place).rare).write(rare);
            (&raw mut (*place).open).write(UnsafeCell::new(Open {
                head: ptr::null(),
                joiner: None,
            }));
            (&raw mut (*place).lock).write(Mutex::new(()));
            (&raw mut (*place).looks).write(AtomicU16::new(0));
            (&raw mut (*place).wait_reason).write(WaitReasonCell::new(wait_reason));
            (&raw mut (*place).stack).write(Stack::new());
            (&raw mut (*place).of_task).write(OfTask::new());
        }
    }

    /// Whether there may be a mark.
    #[inline]
    pub(crate) fn may_be_cancelled(&self) -> bool {
        self.looks() != 0
    }

    /// What its operations have to look for. 0: nothing. While it is held, it is not 0.
    #[inline]
    pub(crate) fn looks(&self) -> u16 {
        self.looks.load(Ordering::Acquire)
    }

    /// It is one of a test with a seed: its operations may have to wait for their turn.
    pub(crate) fn set_takes_turns(&self) {
        self.looks.fetch_or(TURNS, Ordering::AcqRel);
    }

    /// Step 2 of marking.
    pub(crate) fn set_maybe_cancelled(&self) {
        self.looks.fetch_or(MARKS, Ordering::Release);
    }

    /// Called before a walk marks a scope of this vthread, if it marks others as well: until
    /// `release`, no frame of the vthread is dropped for that.
    pub(crate) fn hold(&self) {
        self.looks.fetch_add(HOLD, Ordering::AcqRel);
    }

    /// The walk has marked all others. The vthread is woken after this.
    pub(crate) fn release(&self) {
        self.looks.fetch_sub(HOLD, Ordering::AcqRel);
    }

    /// Whether a walk that has marked this vthread is still marking others. Read after a mark was
    /// seen.
    pub(crate) fn is_held(&self) -> bool {
        self.looks() >= HOLD
    }

    /// Whether it is.
    pub(crate) fn takes_turns(&self) -> bool {
        self.looks() & TURNS != 0
    }

    /// The list of open scopes, locked.
    #[inline]
    pub(crate) fn open(&self) -> OpenGuard<'_> {
        OpenGuard {
            open: &self.open,
            _held: self.lock.lock(),
        }
    }

    /// Whether `scope`, one of this vthread's, counts as marked.
    ///
    /// # Safety
    /// - `scope` and all above it are alive: the caller polls the vthread, or holds the lock of
    ///   its list and found `scope` there.
    #[inline]
    pub(crate) unsafe fn is_marked(&self, scope: *const Scope) -> bool {
        // SAFETY: passed on to the caller.
        self.may_be_cancelled() && unsafe { chain_is_marked(scope) }
    }

    /// The reason of the mark nearest to `scope`, one of this vthread's.
    ///
    /// # Safety
    /// - As for `is_marked`.
    pub(crate) unsafe fn reason(&self, scope: *const Scope) -> Option<CancelReason> {
        if !self.may_be_cancelled() {
            return None;
        }
        // SAFETY: passed on to the caller.
        let marked = unsafe { nearest_mark(scope) }?;
        marked.own_reason()
    }

    /// A blocking call below `scope`, one of this vthread's, has met the mark nearest to it, and
    /// unwinds.
    ///
    /// # Safety
    /// - The caller polls the vthread.
    pub(crate) unsafe fn meet_mark(&self, scope: *const Scope) {
        // SAFETY: passed on to the caller.
        unsafe { self.cut(scope) };
        // SAFETY: passed on to the caller.
        if let Some(marked) = unsafe { nearest_mark(scope) } {
            marked.meet();
        }
    }

    /// The body of `scope`, one of this vthread's, is cancelled by the mark nearest to it. A panic
    /// on the way there ends in no `catch_unwind!` in between: the code after that must not run.
    ///
    /// # Safety
    /// - The caller polls the vthread.
    pub(crate) unsafe fn cut(&self, scope: *const Scope) {
        // SAFETY: passed on to the caller.
        let Some(marked) = (unsafe { nearest_mark(scope) }) else {
            return;
        };
        let mut at = scope;
        while !ptr::eq(at, marked) {
            // SAFETY: up to the marked one, all are alive.
            let open = unsafe { &*at };
            if open.kind == Kind::Catch {
                open.meet();
            }
            at = open.parent();
        }
    }

    /// How far a mark above `scope`, one of this vthread's, reaches: to shields, or through them.
    ///
    /// # Safety
    /// - As for `is_marked`.
    pub(crate) unsafe fn level(&self, scope: *const Scope) -> Level {
        // SAFETY: passed on to the caller.
        match unsafe { nearest_forced(scope) } {
            Some(_) => Level::Forced,
            None => Level::Graceful,
        }
    }

    /// Prepares the same memory for another use. The root was not marked.
    pub(crate) fn reset(&self) {
        self.root.reset();
        self.stack_top.reset();
        // The holds stay: a walk that has marked a scope of the last call may have others to mark
        // still. No other walk finds this root while no call of it is made.
        if self.looks.load(Ordering::Relaxed) & (MARKS | TURNS) != 0 {
            self.looks.fetch_and(!(MARKS | TURNS), Ordering::Relaxed);
        }
        self.reset_escape();
    }
}

/// # Safety
/// As for `Vthread::is_marked`.
#[inline(never)] // Few vthreads may be cancelled, and every operation asks.
unsafe fn chain_is_marked(scope: *const Scope) -> bool {
    // SAFETY: passed on to the caller.
    unsafe { nearest_mark(scope) }.is_some()
}

/// The first scope up the chain that is marked and counts.
///
/// # Safety
/// As for `Vthread::is_marked`, as long as the result is used.
unsafe fn nearest_mark<'a>(mut scope: *const Scope) -> Option<&'a Scope> {
    while !scope.is_null() {
        // SAFETY: the caller promises that the chain is alive.
        let node = unsafe { &*scope };
        if node.has_own_mark() {
            return Some(node);
        }
        if node.kind == Kind::Shield {
            // SAFETY: as above.
            return unsafe { nearest_forced(node.parent()) };
        }
        scope = node.parent();
    }
    None
}

/// The first scope up the chain that has a forced mark, through all shields.
///
/// # Safety
/// As for `Vthread::is_marked`, as long as the result is used.
unsafe fn nearest_forced<'a>(mut scope: *const Scope) -> Option<&'a Scope> {
    while !scope.is_null() {
        // SAFETY: the caller promises that the chain is alive.
        let node = unsafe { &*scope };
        if node.has_forced_mark() {
            return Some(node);
        }
        scope = node.parent();
    }
    None
}

impl Open {
    /// Links `scope`.
    ///
    /// # Safety
    /// - It stays where it is until `remove`.
    /// - The pointer was made from the construct that the scope is the first field of, as `Kind`
    ///   tells.
    pub(crate) unsafe fn push(&mut self, scope: *const Scope) {
        // SAFETY: alive by the contract.
        unsafe { (*scope).set_next(self.newest()) };
        self.set_newest(scope);
    }

    /// Unlinks `scope`, which mostly is the newest.
    pub(crate) fn remove(&mut self, scope: &Scope) {
        let mut link: *const Scope = ptr::null();
        let mut at = self.newest();
        while !ptr::eq(at, scope) {
            assert!(!at.is_null(), "a scope closes that was not open");
            link = at;
            // SAFETY: linked, so alive: a scope unlinks itself under this lock first.
            at = unsafe { (*at).next() };
        }
        if link.is_null() {
            self.set_newest(scope.next());
        } else {
            // SAFETY: as above.
            unsafe { (*link).set_next(scope.next()) };
        }
    }

    /// The newest scope.
    #[inline]
    fn newest(&self) -> *const Scope {
        match self.wait() {
            Some(wait) => wait.below.get(),
            None => self.head.cast(),
        }
    }

    #[inline]
    fn set_newest(&mut self, scope: *const Scope) {
        match self.wait() {
            Some(wait) => wait.below.set(scope),
            None => self.head = scope.cast(),
        }
    }

    #[inline]
    fn wait(&self) -> Option<&LockWait> {
        let is_wait = self.head.addr() & WAIT != 0;
        is_wait.then(|| {
            let wait = self.head.map_addr(|address| address & !WAIT);
            // SAFETY: linked, and unlinked under this lock before it is dropped.
            unsafe { &*wait.cast::<LockWait>() }
        })
    }

    /// The vthread waits for a lock, and for nothing else. Its owner calls `end_wait` before it
    /// drops it.
    pub(super) fn begin_wait(&mut self, wait: Pin<&LockWait>) {
        wait.below.set(self.newest());
        let wait = ptr::from_ref(wait.get_ref()).cast::<()>();
        self.head = wait.map_addr(|address| address | WAIT);
    }

    /// The wait is over.
    pub(super) fn end_wait(&mut self, wait: &LockWait) {
        if self.wait().is_some_and(|linked| ptr::eq(linked, wait)) {
            self.head = wait.below.get().cast();
        }
    }

    /// Calls `visit` with every open scope, and with whether it is unlimited: no mark and no time
    /// limit of this vthread reaches it.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(Kind, *const Scope, bool)) {
        let mut at = self.newest();
        while !at.is_null() {
            // SAFETY: linked, so alive, and the scopes above outlive it.
            let (kind, next, is_unlimited) =
                unsafe { ((*at).kind, (*at).next(), is_unlimited(at)) };
            visit(kind, at, is_unlimited);
            at = next;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.newest().is_null()
    }

    /// The lock that the vthread waits for.
    pub(crate) fn waiting(&self) -> Option<SeenWait> {
        self.wait().map(LockWait::see)
    }

    /// Calls `visit` with every open scope that counts as marked, at least at `mark`'s level, and
    /// with the marked scope nearest to it.
    #[inline]
    pub(crate) fn for_each_marked(
        &self,
        mark: Level,
        mut visit: impl FnMut(Kind, *const Scope, &Scope),
    ) {
        let mut at = self.newest();
        while !at.is_null() {
            // SAFETY: linked, so alive, and the scopes above outlive it.
            let (kind, next) = unsafe { ((*at).kind, (*at).next()) };
            let counts = match mark {
                Level::Graceful => true,
                // SAFETY: as above.
                Level::Forced => unsafe { nearest_forced(at) }.is_some(),
            };
            // SAFETY: as above.
            if counts && let Some(marked) = unsafe { nearest_mark(at) } {
                visit(kind, at, marked);
            }
            at = next;
        }
    }
}

#[cfg(all(test, loom))]
#[path = "vthread_loom.rs"]
mod models;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_vthread_is_held_until_all_have_released_it() {
        let vthread = Vthread::new();
        for number in 1..=1_000 {
            vthread.hold();
            assert!(vthread.is_held(), "held {number} times");
        }
        for _ in 0..1_000 {
            assert!(vthread.is_held());
            vthread.release();
        }
        assert!(!vthread.is_held());
        assert!(!vthread.may_be_cancelled(), "nobody has marked it");
    }

    #[test]
    fn a_reset_clears_what_it_looks_for_and_leaves_the_holds() {
        let vthread = Vthread::new();
        vthread.set_takes_turns();
        vthread.set_maybe_cancelled();
        vthread.hold();
        vthread.reset();
        assert!(!vthread.takes_turns());
        assert!(vthread.is_held());
        vthread.release();
        assert!(!vthread.may_be_cancelled());
    }
}
