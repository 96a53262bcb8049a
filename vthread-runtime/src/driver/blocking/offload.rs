//! One piece of work on a helper thread, and the vthread that waits for it.
//!
//! ```text
//!   Queued --helper--> Running --helper--> Done --waiter--> Taken
//!     | \                  \
//!     |  '----- waiter ------'----> Abandoned
//!     '--- the pool: Refused, because there is no helper and there will be none
//! ```
//! The waiter may go away at any time. Work that has not begun by then never does; the result of
//! work that has is dropped by the helper.

use super::caller::{Leaves, on_behalf_of};
use super::pool::POOL;
use crate::base::unwind::drop_quietly;
use crate::base::wake::wake;
use crate::task::bindings::Bindings;
use crate::task::wait_for::leak;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use crate::trace::panics;
use crate::world::{self, ForWorld, Hold};
use parking_lot::Mutex;
use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

/// The number of calls that were abandoned while they ran, since the process began.
static N_ABANDONED: AtomicUsize = AtomicUsize::new(0);

/// Runs `F` on a helper thread.
///
/// Ends with `Err` if no helper can be had, and panics if `F` does, with its payload.
#[derive(Debug)]
pub(crate) struct Offload<F, R> {
    state: State<F, R>,
}

#[derive(Debug)]
enum State<F, R> {
    Unsent(Option<F>),
    Sent(Arc<Mutex<Shared<R>>>),
}

#[derive(Debug)]
struct Shared<R> {
    stage: Stage<R>,
    waiter: Option<Waker>,
    /// Holds the clock of a test, until the result is there or no longer waited for.
    hold: Option<Hold>,
}

#[derive(Debug)]
enum Stage<R> {
    Queued,
    Refused,
    Running,
    Done(thread::Result<R>),
    Taken,
    Abandoned,
}

impl<R> Leaves for Shared<R> {
    fn has_left(&self) -> bool {
        matches!(self.stage, Stage::Abandoned)
    }
}

// `F` is only ever moved out.
impl<F, R> Unpin for Offload<F, R> {}

impl<F, R> Offload<F, R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    /// Work that is submitted by the first poll.
    pub(crate) fn new(work: F) -> Self {
        Offload {
            state: State::Unsent(Some(work)),
        }
    }

    fn send_off(&mut self, work: F, waiter: Waker) -> io::Result<()> {
        leak::<F>();
        let hold = world::hold();
        let for_world = hold.as_ref().map(Hold::work);
        let shared = Arc::new(Mutex::new(Shared {
            stage: Stage::Queued,
            waiter: Some(waiter),
            hold,
        }));
        let order = Order {
            shared: shared.clone(),
            work: Some(work),
            bindings: Bindings::current(),
            for_world,
        };
        self.state = State::Sent(shared);
        POOL.submit(Box::new(move || order.carry_out()))
    }
}

impl<F, R> Future for Offload<F, R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    type Output = io::Result<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<R>> {
        wait_reason::waits(WaitReason::Offloading, cx);
        let shared = match &mut self.state {
            State::Sent(shared) => shared,
            State::Unsent(work) => {
                let work = work.take().expect("a frame is not polled after its end");
                return match self.send_off(work, cx.waker().clone()) {
                    Ok(()) => Poll::Pending,
                    Err(error) => Poll::Ready(Err(error)),
                };
            }
        };
        let waker = cx.waker().clone();
        let mut locked = shared.lock();
        if let Stage::Done(_) | Stage::Refused = locked.stage {
            let stage = std::mem::replace(&mut locked.stage, Stage::Taken);
            drop(locked);
            return match stage {
                Stage::Done(Ok(value)) => Poll::Ready(Ok(value)),
                Stage::Done(Err(payload)) => resume_unwind(payload),
                _ => Poll::Ready(Err(io::Error::other("no helper thread could be started"))),
            };
        }
        let old = locked.waiter.replace(waker);
        drop(locked);
        drop(old);
        Poll::Pending
    }
}

impl<F, R> Drop for Offload<F, R> {
    fn drop(&mut self) {
        let State::Sent(shared) = &self.state else {
            return;
        };
        let mut locked = shared.lock();
        let stage = match locked.stage {
            Stage::Taken => return,
            _ => std::mem::replace(&mut locked.stage, Stage::Abandoned),
        };
        let (waiter, hold) = (locked.waiter.take(), locked.hold.take());
        drop(locked);
        drop(hold);
        if let Stage::Running = stage {
            N_ABANDONED.fetch_add(1, Ordering::Relaxed);
        }
        // Foreign wakers and results are dropped outside the lock.
        drop(waiter);
        drop(stage);
    }
}

/// The helper's part.
struct Order<F, R> {
    shared: Arc<Mutex<Shared<R>>>,
    work: Option<F>,
    /// The bindings of the caller, for the work.
    bindings: Bindings,
    for_world: Option<ForWorld>,
}

impl<F: FnOnce() -> R, R: Send + 'static> Order<F, R> {
    fn carry_out(mut self) {
        let Some(work) = self.work.take() else { return };
        if !self.advance(Stage::Running) {
            return drop_quietly(work);
        }
        let bindings = std::mem::take(&mut self.bindings);
        let for_world = self.for_world.take();
        let mut result = catch_unwind(AssertUnwindSafe(|| {
            let work = || ForWorld::within(for_world, || bindings.within(work));
            on_behalf_of(self.shared.clone(), work)
        }));
        if let Err(payload) = &result {
            panics::caught(&**payload);
        }
        // Dropped before the result is published: it may be the last share, with values to drop.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(bindings))) {
            match &result {
                Ok(_) => drop_quietly(std::mem::replace(&mut result, Err(payload))),
                Err(_) => drop_quietly(payload),
            }
        }
        let mut locked = self.shared.lock();
        if let Stage::Abandoned = locked.stage {
            drop(locked);
            return drop_quietly(result);
        }
        locked.stage = Stage::Done(result);
        let (waiter, hold) = (locked.waiter.take(), locked.hold.take());
        drop(locked);
        waiter.into_iter().for_each(wake);
        // The waiter can run now.
        drop(hold);
    }
}

impl<F, R> Order<F, R> {
    /// Goes from `Queued` to `stage`. False if the waiter is gone.
    fn advance(&self, stage: Stage<R>) -> bool {
        let mut locked = self.shared.lock();
        let is_wanted = matches!(locked.stage, Stage::Queued);
        if is_wanted {
            locked.stage = stage;
        }
        is_wanted
    }
}

impl<F, R> Drop for Order<F, R> {
    /// An order that still has its work was refused.
    fn drop(&mut self) {
        if self.work.is_some() && self.advance(Stage::Refused) {
            let mut locked = self.shared.lock();
            let (waiter, hold) = (locked.waiter.take(), locked.hold.take());
            drop(locked);
            waiter.into_iter().for_each(wake);
            drop(hold);
        }
        drop_quietly(std::mem::take(&mut self.bindings));
    }
}

/// The number of calls that were abandoned while they ran, since the process began.
pub(crate) fn n_abandoned() -> usize {
    N_ABANDONED.load(Ordering::Relaxed)
}
