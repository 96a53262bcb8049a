//! The owner of a task's value and of one reference to it: the inside of `Task`.

#![allow(unsafe_code)] // Reaches the task by address, takes its value.

use super::bindings;
use super::cell::{self, Parent};
use super::current::{self, Running, checkpoint};
use super::header::{About, Header, Held, Joiner, TaskRef, release};
use super::short_waker::ShortWaker;
use super::state::DropHandle;
use super::taking::checked_taking;
use super::wait_for;
use super::wait_for::Site;
use super::wait_reason;
use crate::cancel::in_progress::CancelInProgress;
use crate::trace::timeline;
use std::future::Future;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker, ready};

/// Owns the right to a task's value, and one reference.
#[derive(Debug)]
pub(crate) struct Handle<V> {
    task: NonNull<Header>,
    /// The handle drops a value: the drop check must know.
    _value: PhantomData<V>,
}

// SAFETY: moving the handle moves the right to the value.
unsafe impl<V: Send> Send for Handle<V> {}
// SAFETY: through `&Handle` one reaches atomics only; `V: Sync` is the usual bound of types that
// hold a `V`.
unsafe impl<V: Sync> Sync for Handle<V> {}

/// The parent's answer to a new task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Linked {
    /// It is linked to the parent, and runs.
    Runs,
    /// It was marked at once: none of its code runs.
    IsCancelled,
}

impl<V> Handle<V> {
    /// Makes a task. `link` is called with it before it can run, and returns whether it may.
    ///
    /// # Safety
    /// - The parent waits for the task's end before the borrows of the frame end.
    pub(crate) unsafe fn spawn<F, P>(
        frame: F,
        parent: P,
        about: About,
        link: impl FnOnce(Held<'_>) -> Linked,
    ) -> Self
    where
        F: Future + Send,
        F::Output: Send,
        V: Send,
        P: Parent<F::Output, Value = V>,
    {
        // SAFETY: `Send` by the bounds; the borrows by the caller.
        let task = unsafe { cell::allocate(frame, parent, about) };
        // SAFETY: just made.
        let held = unsafe { Held::new(task) };
        bindings::inherit(&held.vthread);
        match link(held) {
            // Where others can take it: its spawner may go on for long.
            Linked::Runs => {
                if timeline::is_on() {
                    held.record_spawn();
                }
                if current::with(|spawner| spawner.is_some_and(Running::is_first)) {
                    crate::runtime::schedule_nested(TaskRef(task));
                } else {
                    crate::runtime::schedule_last(TaskRef(task));
                }
            }
            // Marked, so that this only drops the frame.
            Linked::IsCancelled => {
                TaskRef(task).run();
            }
        }
        Handle {
            task,
            _value: PhantomData,
        }
    }

    pub(crate) fn header(&self) -> &Header {
        self.held().header()
    }

    pub(crate) fn held(&self) -> Held<'_> {
        // SAFETY: the handle's reference keeps it alive.
        unsafe { Held::new(self.task) }
    }

    /// Takes the value of a task that is over, if it has one and it was not taken.
    pub(crate) fn take(&mut self) -> Option<V> {
        assert!(self.header().is_complete());
        let mut value = MaybeUninit::<V>::uninit();
        // SAFETY: the task is over and this is its handle, so the stage is ours; the place is one
        // for the task's value type, which is `V` since `spawn`.
        let taken =
            unsafe { (self.header().vtable.take_value)(self.task, value.as_mut_ptr().cast()) };
        // SAFETY: written if taken.
        taken.then(|| unsafe { value.assume_init() })
    }

    /// Leaves a waker for the end. Returns true if the task is over already.
    fn register(&self, site: Site, cx: &Context<'_>) -> bool {
        let header = self.header();
        if header.is_complete() {
            return true;
        }
        let is_alone = current::with(|running| {
            running.is_some_and(|running| running.is_own(cx) && wait_for::is_alone(running))
        });
        // Foreign wakers are cloned and dropped outside the lock.
        let new = Joiner {
            waker: ShortWaker::from(cx.waker().clone()),
            site: is_alone.then_some(site),
        };
        let (old, is_watched) = {
            let mut open = header.vthread.open();
            match &open.joiner {
                Some(joiner) if joiner.waker.will_wake(cx.waker()) => {
                    drop(open);
                    drop(new);
                    return false;
                }
                _ => {
                    header.vthread.rare.begin_join(&open);
                    (open.joiner.replace(new), wait_for::is_watched())
                }
            }
        };
        let is_over = header.state.add_joiner();
        if is_over {
            self.forget_joiner();
        } else if is_alone && !is_watched {
            crate::runtime::watch();
        }
        drop(old);
        is_over
    }

    /// The wait for the end is over. The waker does not stay with the task's memory: it may be
    /// foreign, and that memory is given up in places where no foreign code may run.
    fn forget_joiner(&self) {
        let joiner = self.header().vthread.open().joiner.take();
        drop(joiner);
    }

    /// Waits for the end: returns the value, or the handle if there is none.
    pub(crate) fn join(self, site: Site) -> Join<V> {
        Join {
            handle: Some(self),
            is_registered: false,
            site,
        }
    }

    /// As `join`, with a waker that is left before the first poll. The second is true if the task
    /// is over already: then nothing wakes it.
    pub(crate) fn join_with(self, site: Site, waker: &Waker) -> (Join<V>, bool) {
        let is_over = self.register(site, &Context::from_waker(waker));
        let mut join = self.join(site);
        join.is_registered = !is_over;
        (join, is_over)
    }
}

impl<V> Drop for Handle<V> {
    fn drop(&mut self) {
        if self.header().state.drop_handle() == DropHandle::Released {
            return;
        }
        // Releases also if the value's destructor panics.
        struct Reference(NonNull<Header>);
        impl Drop for Reference {
            fn drop(&mut self) {
                // SAFETY: the handle's reference, given up once.
                unsafe { release(self.0) };
            }
        }
        let reference = Reference(self.task);
        // SAFETY: the task is over and this is its handle, so the stage is ours.
        unsafe { (self.header().vtable.drop_value)(self.task) };
        drop(reference);
    }
}

/// The future of a join: the value, or the handle if the task ended without one.
#[derive(Debug)]
pub(crate) struct Join<V> {
    handle: Option<Handle<V>>,
    is_registered: bool,
    site: Site,
}

impl<V> Unpin for Join<V> {}

impl<V> Future for Join<V> {
    /// Without a value the handle comes back: it knows the reason.
    type Output = Result<V, Handle<V>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        // One that is not consumed, the future of a task, may be joined after a race that it has
        // lost.
        checked_taking(cx, |cx| this.poll_end(cx), Result::is_ok)
    }
}

impl<V> Join<V> {
    #[inline(always)]
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<V, Handle<V>>> {
        let handle = self
            .handle
            .as_mut()
            .expect("a join is polled after its end");
        if !handle.register(self.site, cx) {
            self.is_registered = true;
            wait_reason::joins(cx);
            return Poll::Pending;
        }
        // The child may have failed just now, and marked this vthread before it ended.
        ready!(checkpoint(cx));
        if let Some(value) = handle.take() {
            self.handle = None;
            return Poll::Ready(Ok(value));
        }
        // The cancellation that ended the child may be about to mark this vthread.
        if CancelInProgress::is_still_under_way() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        ready!(checkpoint(cx));
        Poll::Ready(Err(self.handle.take().expect("still there")))
    }
}

impl<V> Join<V> {
    /// The handle, until the join has ended.
    pub(crate) fn handle(&self) -> Option<&Handle<V>> {
        self.handle.as_ref()
    }

    /// The handle again, of which nothing was taken.
    pub(crate) fn into_handle(mut self) -> Handle<V> {
        self.leave();
        self.handle.take().expect("it is there until it is taken")
    }

    /// The wait is over, if it had begun.
    #[inline]
    fn leave(&mut self) {
        if let Some(handle) = self.handle.as_ref().filter(|_| self.is_registered) {
            handle.forget_joiner();
        }
    }
}

impl<V> Drop for Join<V> {
    #[inline]
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::base::unwind::{Ended, Payload};
    use crate::task::header::End;
    use std::panic::Location;
    use std::ptr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{RawWaker, RawWakerVTable};

    /// The parent of a task in no group.
    struct NoGroup;
    impl Parent<u32> for NoGroup {
        type Value = u32;
        fn ended(&self, _: &Header, ended: Ended<u32>) -> (End, Option<u32>) {
            match ended {
                Ended::Finished(value) => (End::Done, Some(value)),
                _ => unreachable!("it returns"),
            }
        }
        fn panicked(&self, _: &Header, _: Payload) {
            unreachable!("it has no destructors")
        }
        fn cleanup_pending(&self, _: Held<'_>) {}
        fn address(&self) -> *const () {
            ptr::null()
        }
        unsafe fn left(self, task: Held<'_>) {
            // SAFETY: the base reference, which is the parent's now.
            unsafe { release(task.as_ptr()) };
        }
    }

    /// What a waker leads to that runs a task when it is cloned.
    struct RunsTask {
        task: NonNull<Header>,
        n_clones: AtomicUsize,
    }

    static RUNS_TASK: RawWakerVTable = RawWakerVTable::new(run_and_clone, |_| (), |_| (), uncount);

    fn run_and_clone(data: *const ()) -> RawWaker {
        // SAFETY: the test keeps it.
        let this = unsafe { &*data.cast::<RunsTask>() };
        this.n_clones.fetch_add(1, Ordering::Relaxed);
        TaskRef(this.task).run();
        RawWaker::new(data, &RUNS_TASK)
    }

    fn uncount(data: *const ()) {
        // SAFETY: as above.
        let this = unsafe { &*data.cast::<RunsTask>() };
        this.n_clones.fetch_sub(1, Ordering::Relaxed);
    }

    /// The task ends between the joiner's look and its entry.
    #[test]
    fn a_joiner_that_comes_too_late_leaves_no_waker() {
        let site = Location::caller();
        let about = About {
            site,
            name: None,
            is_service: false,
        };
        // SAFETY: it borrows nothing, and stays on this thread.
        let task = unsafe { cell::allocate(async { 7 }, NoGroup, about) };
        let mut handle = Handle::<u32> {
            task,
            _value: PhantomData,
        };
        bindings::inherit(&handle.header().vthread);
        let runs_task = RunsTask {
            task,
            n_clones: AtomicUsize::new(0),
        };
        let data = ptr::from_ref(&runs_task).cast();
        // SAFETY: the functions use `data` as what it is, and it outlives the waker.
        let waker = std::mem::ManuallyDrop::new(unsafe { Waker::new(data, &RUNS_TASK) });
        assert!(handle.register(site, &Context::from_waker(&waker)));
        assert_eq!(runs_task.n_clones.load(Ordering::Relaxed), 0);
        assert_eq!(handle.take(), Some(7));
    }
}
