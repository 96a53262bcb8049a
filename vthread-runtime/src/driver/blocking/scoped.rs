//! `vthread::blocking_scoped`: the one wait that cancellation waits for.
//!
//! The work may borrow from the frame that waits for it, so that frame must not be dropped while
//! the work runs. The wait is therefore an open scope of its vthread from the moment the work is
//! submitted until it is done: every scope further out, a cancelled one too, lets those inside
//! close first (`group/README.md`).

#![allow(unsafe_code)] // Sends work that borrows to another thread, and keeps what it borrows.

use super::caller::on_behalf_of;
use super::pool::{Job, POOL};
use crate::base::unwind::{Payload, drop_quietly};
use crate::base::wake::wake;
use crate::cancel::scope::Scope;
use crate::scoped::body::with_own;
use crate::task::call::vthread_fn;
use crate::task::current::{Running, checkpoint};
use crate::trace::panics;
use crate::world::{self, ForWorld, Hold};
use parking_lot::Mutex;
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker, ready};

vthread_fn! {
    /// Runs `work`, which may borrow, on a helper thread and waits for its result, even when
    /// cancelled.
    ///
    /// As [`blocking`](super::blocking), but `work` may use the caller's variables. The price is
    /// that it cannot be abandoned: it is the only operation of the library that delays a
    /// cancellation. Prefer `blocking` where the work may take long.
    ///
    /// # Suspends
    /// Always a checkpoint, and until `work` is done.
    ///
    /// # Cancellation
    /// Work that has not begun never does. Once it has, the cancellation waits for its end, also
    /// when the grace is over; then the result is delivered, and the next suspension point is the
    /// last one.
    ///
    /// # Panics
    /// If `work` panics, with the same payload. If the system refuses to start a helper and there
    /// is none.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// let numbers = vec![1, 2, 3];
    /// let sum: u64 = vthread::blocking_scoped(|| numbers.iter().sum());
    /// assert_eq!(sum, 6);
    /// ```
    pub fn blocking_scoped = __vthread_blocking_scoped [F, R](work: F) -> R
        [where F: FnOnce() -> R + Send, R: Send]
        => BlockingScoped<F, R> { BlockingScoped::new(work) }
}

/// The frame of [`blocking_scoped`].
pub struct BlockingScoped<F, R> {
    state: State<F, R>,
    _never_unpin: PhantomPinned,
}

enum State<F, R> {
    Unsent(F),
    Sent {
        shared: Arc<Mutex<Shared<F, R>>>,
        /// The scope in which the wait is open.
        around: *const Scope,
    },
    Over,
}

// SAFETY: `around` is used by the thread that polls the vthread only; the rest is `Send` by the
// bounds.
unsafe impl<F: Send, R: Send> Send for BlockingScoped<F, R> {}

/// The state shared by the helper and the waiter. Once the wait is over it is empty.
struct Shared<F, R> {
    stage: Stage<F, R>,
    waiter: Option<Waker>,
    /// Whether the waiter is cancelled, for work that asks.
    is_cancelled: Arc<AtomicBool>,
}

enum Stage<F, R> {
    /// No helper has begun.
    Queued(F),
    Running,
    Done(R),
    Panicked(Payload),
    /// There is no helper, and there will be none.
    Refused,
    /// The waiter has taken the contents.
    Taken,
}

impl<F: FnOnce() -> R + Send, R: Send> BlockingScoped<F, R> {
    fn new(work: F) -> Self {
        BlockingScoped {
            state: State::Unsent(work),
            _never_unpin: PhantomPinned,
        }
    }

    fn send_off(&mut self, running: &Running, waiter: Waker) {
        let State::Unsent(work) = std::mem::replace(&mut self.state, State::Over) else {
            unreachable!("work is sent off once")
        };
        let shared = Arc::new(Mutex::new(Shared {
            stage: Stage::Queued(work),
            waiter: Some(waiter),
            is_cancelled: Arc::default(),
        }));
        let order = Order {
            shared: shared.clone(),
            hold: world::hold(),
        };
        let around = running.scope();
        // From here on no scope further out drops this frame.
        // SAFETY: the innermost scope is open, and this thread polls its vthread.
        unsafe { &*around }.opened_inside();
        self.state = State::Sent { shared, around };
        let job: Box<dyn FnOnce() + Send + '_> = Box::new(move || order.carry_out());
        // SAFETY: only the lifetime changes. The borrows of the work last until this wait has
        // closed, since the frame that holds them is not dropped before. The wait closes when the
        // stage is at its end; then the work is gone, and the helper has only an empty `Shared`.
        let job = unsafe { std::mem::transmute::<Box<dyn FnOnce() + Send + '_>, Job>(job) };
        // If there is no helper the order is dropped, and reports that.
        let _ = POOL.submit(job);
    }
}

impl<F: FnOnce() -> R + Send, R: Send> Future for BlockingScoped<F, R> {
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        // SAFETY: nothing is pinned inside; the work is moved out before it runs.
        let this = unsafe { self.get_unchecked_mut() };
        if let State::Unsent(_) = this.state {
            ready!(checkpoint(cx));
        }
        with_own(cx, |running, cx| {
            let waiter = cx.waker().clone();
            if let State::Unsent(_) = this.state {
                this.send_off(running, waiter.clone());
            }
            let State::Sent { shared, around } = &this.state else {
                return Poll::Pending;
            };
            let mut locked = shared.lock();
            let is_over = match locked.stage {
                Stage::Queued(_) => running.is_marked(),
                Stage::Running => {
                    let is_cancelled = running.must_stop();
                    locked.is_cancelled.store(is_cancelled, Ordering::Relaxed);
                    false
                }
                _ => true,
            };
            if !is_over {
                let old = locked.waiter.replace(waiter);
                drop(locked);
                drop(old);
                return Poll::Pending;
            }
            let stage = std::mem::replace(&mut locked.stage, Stage::Taken);
            drop(locked);
            // SAFETY: the scope around an open wait is open, and this thread polls the vthread.
            unsafe { &**around }.closed_inside();
            this.state = State::Over;
            match stage {
                Stage::Done(value) => Poll::Ready(value),
                Stage::Panicked(payload) => resume_unwind(payload),
                Stage::Refused => {
                    panic!("vthread::blocking_scoped has no helper thread, and cannot start one")
                }
                // Marked before a helper began.
                Stage::Queued(_) => Poll::Pending,
                Stage::Running | Stage::Taken => unreachable!("these are not the end"),
            }
        })
    }
}

impl<F, R> Drop for BlockingScoped<F, R> {
    fn drop(&mut self) {
        if let State::Sent { .. } = self.state {
            // The helper looks at locals of the frame that goes: nothing sound can follow.
            eprintln!(
                "vthread: a frame was dropped while a helper used it; this is a bug in vthread"
            );
            std::process::abort();
        }
    }
}

/// The helper's part.
struct Order<F, R> {
    shared: Arc<Mutex<Shared<F, R>>>,
    /// Holds the clock of a test. Dropped after the waiter was woken.
    hold: Option<Hold>,
}

impl<F: FnOnce() -> R, R> Order<F, R> {
    fn carry_out(self) {
        if let Some(work) = self.begin() {
            let caller = self.shared.lock().is_cancelled.clone();
            let for_world = self.hold.as_ref().map(Hold::work);
            let work = || ForWorld::within(for_world, work);
            let work = AssertUnwindSafe(|| on_behalf_of(caller, work));
            let stage = match catch_unwind(work) {
                Ok(value) => Stage::Done(value),
                Err(payload) => {
                    panics::caught(&*payload);
                    Stage::Panicked(payload)
                }
            };
            self.tell(stage);
        }
    }
}

impl<F, R> Order<F, R> {
    /// Takes the work, unless it is gone.
    fn begin(&self) -> Option<F> {
        let mut locked = self.shared.lock();
        match std::mem::replace(&mut locked.stage, Stage::Running) {
            Stage::Queued(work) => Some(work),
            other => {
                locked.stage = other;
                None
            }
        }
    }

    /// The end of the work, after which none of its borrows is used.
    fn tell(&self, stage: Stage<F, R>) {
        let mut locked = self.shared.lock();
        locked.stage = stage;
        let waiter = locked.waiter.take();
        drop(locked);
        waiter.into_iter().for_each(wake);
    }
}

impl<F, R> Drop for Order<F, R> {
    /// An order that was not carried out was refused.
    fn drop(&mut self) {
        if let Some(work) = self.begin() {
            drop_quietly(work);
            self.tell(Stage::Refused);
        }
    }
}

impl<F, R> fmt::Debug for BlockingScoped<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockingScoped")
    }
}
