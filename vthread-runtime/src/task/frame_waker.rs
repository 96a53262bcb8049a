//! The waker of a wait that lives in a frame.
//!
//! A wait in a frame of the vthread that waits needs no reference to its task: it is unlinked,
//! under the lock of its list, before its frame goes, and the frame goes before its task. So the
//! holder of the lock that finds it linked finds the task alive. The task is *claimed* there: its
//! state word changes as by any wake, under the lock. From then on it is queued, in effect, and
//! cannot end before the claim is acted upon, which is done after the lock is released.

#![allow(unsafe_code)] // A task by address.

use super::current;
use super::header::Header;
use super::waker::claim;
use crate::trace::spans;
use std::ptr::NonNull;
use std::task::{Context, Waker};

/// A waker, or that of the vthread whose frame it lies in, or none.
#[derive(Debug)]
pub(crate) enum FrameWaker {
    /// The task of the vthread; none, if there is nothing to wake.
    Own(Option<NonNull<Header>>),
    /// Of a blocking call, or of a foreign executor.
    Other(Waker),
}

// SAFETY: a task may be woken from any thread, as by a waker, which is `Send`.
unsafe impl Send for FrameWaker {}

impl FrameWaker {
    /// There is nothing to wake.
    pub(crate) const NONE: Self = FrameWaker::Own(None);

    /// That of the task that is polled with `cx`, for a frame of it. `None`: it is not polled by
    /// its own poll, or by another waker, which has to be cloned.
    #[inline]
    pub(crate) fn of_own(cx: &Context<'_>) -> Option<Self> {
        // The user's code that is told of a wake must not run under a lock.
        if spans::wakers_are_wanted() {
            return None;
        }
        current::own_task(cx).map(|task| FrameWaker::Own(Some(task)))
    }

    /// Whether it is the same as that of `cx`, which is not the own one.
    pub(crate) fn will_wake(&self, cx: &Context<'_>) -> bool {
        matches!(self, FrameWaker::Other(waker) if waker.will_wake(cx.waker()))
    }

    /// What is to be woken, after the lock is released; none if there is nothing.
    ///
    /// # Safety
    /// - It lies in the frame for which it was made, or was taken out of it by the caller, who
    ///   keeps the frame by a lock that its owner takes before it goes.
    #[inline]
    pub(crate) unsafe fn claim(self) -> Option<Waker> {
        match self {
            // SAFETY: the task has the frame, so it is alive.
            FrameWaker::Own(task) => task.map(|task| unsafe { claim(task) }),
            FrameWaker::Other(waker) => Some(waker),
        }
    }
}

#[cfg(all(test, loom))]
mod models {
    use crate::primitive::{Arc, AtomicBool, Mutex, Ordering, thread};
    use crate::task::state::{Pause, State, Wake};
    use loom::sync::Notify;

    struct Task {
        state: State,
        is_freed: AtomicBool,
        is_queued: AtomicBool,
        queued: Notify,
    }

    impl Task {
        /// The caller has claimed the task.
        fn queue(&self) {
            assert!(!self.is_freed.load(Ordering::SeqCst), "it is gone");
            assert!(!self.is_queued.swap(true, Ordering::SeqCst), "queued twice");
            self.queued.notify();
        }

        /// The worker that runs it waits until it is queued.
        fn wait(&self) {
            while !self.is_queued.swap(false, Ordering::SeqCst) {
                self.queued.wait();
            }
        }
    }

    #[derive(Default)]
    struct Place {
        is_free: bool,
        is_linked: bool,
    }

    /// A task that waits and is cancelled, against the notifier that finds it linked.
    #[test]
    fn loom_frame_waker_a_task_that_is_claimed_is_there() {
        loom::model(|| {
            let task = Arc::new(Task {
                state: State::new(),
                is_freed: AtomicBool::new(false),
                is_queued: AtomicBool::new(false),
                queued: Notify::new(),
            });
            let place = Arc::new(Mutex::new(Place::default()));
            let is_cancelled = Arc::new(AtomicBool::new(false));
            let notifier = {
                let (task, place) = (task.clone(), place.clone());
                thread::spawn(move || {
                    let mut place = place.lock();
                    place.is_free = true;
                    let was_linked = std::mem::take(&mut place.is_linked);
                    let is_claimed = was_linked && {
                        assert!(!task.is_freed.load(Ordering::SeqCst), "it is gone");
                        task.state.wake() == Wake::Schedule
                    };
                    drop(place);
                    if is_claimed {
                        task.queue();
                    }
                })
            };
            // It owns a reference.
            let canceller = {
                let (task, is_cancelled) = (task.clone(), is_cancelled.clone());
                thread::spawn(move || {
                    is_cancelled.store(true, Ordering::Relaxed);
                    if task.state.wake() == Wake::Schedule {
                        task.queue();
                    }
                })
            };
            loop {
                let mut seen = place.lock();
                let is_over = seen.is_free || is_cancelled.load(Ordering::Relaxed);
                seen.is_linked = !is_over;
                drop(seen);
                if is_over {
                    break;
                }
                if task.state.pause() == Pause::Idle {
                    task.wait();
                }
                task.state.start();
            }
            let _ = task.state.complete();
            task.is_freed.store(true, Ordering::SeqCst);
            notifier.join().unwrap();
            canceller.join().unwrap();
        });
    }
}
