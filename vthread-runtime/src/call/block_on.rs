//! A blocking call: the root of a vthread on the calling thread's own stack.
//!
//! The frame is polled, and dropped, on the calling thread, so it need not be `Send`. Its waker,
//! and all that other threads may keep, is on the heap. A blocking call made inside another vthread
//! (in a plain frame below it) is a scope of that vthread: it is cancelled with it, by an unwind
//! through the plain frames.

#![allow(unsafe_code)] // From a registered scope to the root around it, and back.

use super::in_a_future;
use crate::base::unwind::CancelUnwind;
use crate::base::unwind::{Ended, catch};
use crate::group::grace::CleanupTimer;
use crate::program::plain_threads::PlainCall;
use crate::scheduler::{Given, wait};
use crate::task::bindings;
use crate::task::call::Call;
use crate::task::current::{self, Running};
use crate::task::poll::has_ended;
use crate::task::recursion::poll_on_segments;
use crate::task::root::Root;
use crate::task::stack;
use crate::task::vthread::Vthread;
use crate::task::wait_reason::WaitReason;
use crate::trace;
use crate::trace::timeline::{self, Subject, Then, What, Who};
use crate::world::{self, Above, Waited};
use std::cell::RefCell;
use std::future::Future;
use std::panic::{Location, resume_unwind};
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::task::{Context, Poll, Waker};

thread_local! {
    /// A root kept for the next blocking call of the thread.
    static IDLE: RefCell<Option<Arc<Root>>> = const { RefCell::new(None) };
}

/// The thread's idle root, or a new one: also in destructors of thread-local values.
fn take_root() -> Arc<Root> {
    IDLE.try_with(|idle| idle.borrow_mut().take())
        .ok()
        .flatten()
        .unwrap_or_else(Root::new)
}

/// Keeps the root for the next call, unless a foreign waker still refers to it. A snapshot may
/// begin to look at it meanwhile, so it is not borrowed exclusively.
fn give_back(root: Arc<Root>) {
    if Arc::strong_count(&root) == 1 && !root.vthread.root.has_own_mark() {
        // Everything that other threads did with it before they dropped their share comes before
        // the next call.
        fence(Ordering::Acquire);
        root.vthread.reset();
        let _ = IDLE.try_with(|idle| *idle.borrow_mut() = Some(root));
    }
}

impl<R, F: Future> Call<R, F> {
    /// Makes the call and blocks the caller until it is done. May be used in any plain code.
    #[track_caller]
    pub fn block(self) -> F::Output {
        block_on(self.into_frame())
    }

    /// The former name of `block`.
    #[doc(hidden)]
    #[deprecated(note = "write `.block()`: it makes the call and blocks until it is done")]
    #[track_caller]
    pub fn wait(self) -> F::Output {
        self.block()
    }
}

/// Runs a vthread's frame on the calling thread, and blocks the thread while the frame waits. On a
/// worker, the worker's other vthreads go on elsewhere.
///
/// # Panics
/// With the frame's panic. If the vthread in whose plain frame this call was made is cancelled, the
/// call unwinds through that frame with a private payload.
#[track_caller]
pub fn block_on<F: Future>(frame: F) -> F::Output {
    let can_unwind = !std::thread::panicking() && cfg!(panic = "unwind");
    let result = drive_registered(frame, |root| match can_unwind {
        true => Registration::make(root),
        false => {
            current::with(|running| running.map_or(Registration::Nowhere, Registration::nowhere))
        }
    });
    match result {
        Ok(value) => value,
        Err(payload) => resume_unwind(payload),
    }
}

/// As `block_on`, for the outermost call of a thread that ends with it: nothing has to unwind.
///
/// # Errors
/// The payload with which `block_on` would unwind.
#[track_caller]
pub(crate) fn try_block_on<F: Future>(frame: F) -> std::thread::Result<F::Output> {
    drive_registered(frame, |root| Registration::make(root))
}

/// As `try_block_on`, with a root that `prepare` has seen before the first poll.
///
/// # Errors
/// As there.
#[track_caller]
pub(crate) fn try_block_on_prepared<F: Future>(
    frame: F,
    prepare: impl FnOnce(&Arc<Root>),
) -> std::thread::Result<F::Output> {
    drive_registered(frame, |root| {
        prepare(root);
        Registration::make(root)
    })
}

#[track_caller]
fn drive_registered<F: Future>(
    frame: F,
    register: impl FnOnce(&Arc<Root>) -> Registration<'_>,
) -> std::thread::Result<F::Output> {
    let site = Location::caller();
    crate::runtime::start();
    let _context = crate::config::enter_tokio();
    let root = take_root();
    root.set_site(Some(site));
    let waker = Waker::from(root.clone());
    let mut frame = std::pin::pin!(Some(frame));
    let registration = register(&root);
    // Their owner is further out on this stack.
    bindings::borrow_current(&root.vthread);
    let result = drive(&root, &waker, frame.as_mut(), site);
    stack::goes_on();
    root.vthread.stack_top.reset();
    drop(registration);
    drop(waker);
    root.set_site(None);
    give_back(root);
    result
}

/// The result of a poll of a blocking call.
enum Step<R> {
    Ended(Ended<R>),
    /// It waits for its notice.
    Waits,
    /// It is to be polled again, after others.
    Yields,
    /// It is to be polled again.
    Again,
}

/// Polls to the end, and drops the frame.
fn drive<F: Future>(
    root: &Arc<Root>,
    waker: &Waker,
    mut frame: Pin<&mut Option<F>>,
    site: &'static Location<'static>,
) -> std::thread::Result<F::Output> {
    let running = Running::of_root(&root.vthread, waker.data());
    let mut cx = Context::from_waker(waker);
    let mut given = Given::default();
    let mut cleanup = None;
    stack::renew_clock();
    let subject = Subject {
        who: Who::Call(Arc::as_ptr(root).addr()),
        site,
    };
    let mut poll = || {
        root.notice.take();
        running.renew();
        let polled = {
            let _entered = running.enter();
            catch(|| {
                poll_on_segments(&root.vthread, &running, &mut cx, |cx| {
                    frame
                        .as_mut()
                        .as_pin_mut()
                        .expect("the frame is there until the end")
                        .poll(cx)
                })
            })
        };
        match polled {
            Ok(Poll::Ready(value)) => {
                // Within the poll: a value that is dropped is the vthread's.
                let _entered = running.enter();
                let ended = Ended::Finished(value);
                return Step::Ended(has_ended(&root.vthread.root, &running, ended));
            }
            Ok(Poll::Pending) => root.vthread.stack.waits(),
            // A call inside has unwound through plain code.
            Err(payload) if payload.is::<CancelUnwind>() => return Step::Ended(Ended::Cancelled),
            Err(payload) => {
                trace::panics::resumes(&*payload);
                return Step::Ended(Ended::Panicked(payload));
            }
        }
        if running.is_marked() {
            if root.vthread.root.is_empty() {
                if is_held(&running) {
                    // The others are marked in a moment.
                    std::thread::yield_now();
                    return Step::Again;
                }
                // SAFETY: this thread polls the vthread, and those further out on its stack.
                unsafe { root.vthread.meet_mark(running.scope()) };
                return Step::Ended(Ended::Cancelled);
            }
            if !bound_cleanup(root, &mut cleanup, &cx) {
                return Step::Again;
            }
        }
        match running.has_yielded() {
            true => Step::Yields,
            false => Step::Waits,
        }
    };
    let mut poll = || match timeline::is_on() {
        true => recorded(subject, root, &mut poll),
        false => poll(),
    };
    let ended = loop {
        let has_yielded = match poll() {
            Step::Ended(ended) => break ended,
            Step::Again => continue,
            Step::Yields => true,
            Step::Waits => false,
        };
        let mut ended_above = None;
        let mut poll_above = || match poll() {
            Step::Ended(ended) => {
                ended_above = Some(ended);
                Above::Ended
            }
            Step::Again | Step::Yields => Above::Again,
            Step::Waits => Above::Waits,
        };
        let waited = world::wait(root, has_yielded, &mut poll_above);
        if let Some(ended) = ended_above {
            break ended;
        }
        let _as_helper = match waited {
            Waited::Done => continue,
            Waited::AsHelper(waits) => Some(waits),
            Waited::Not => None,
        };
        // In either case the vthreads queued with this worker must get their turn.
        wait(
            &mut given,
            || trace::pinned(site),
            |longest| {
                if has_yielded {
                    std::thread::yield_now();
                    return true;
                }
                let was_noticed = in_a_future::wait(&root.notice, longest, site);
                stack::renew_clock();
                was_noticed
            },
        );
    };
    drop(given);
    root.vthread.root.must_be_empty();
    // The frame is dropped on this thread too, and blocking calls in its destructors complete.
    let dropped = {
        let _entered = running.enter();
        running.dropping(|| catch(|| frame.set(None)))
    };
    match ended.after_drop(dropped) {
        Ended::Finished(value) => Ok(value),
        Ended::Panicked(payload) => Err(payload),
        Ended::Cancelled => Err(Box::new(CancelUnwind)),
    }
}

/// Makes a poll of a call, and records it.
#[cold]
fn recorded<R>(subject: Subject, root: &Root, poll: &mut dyn FnMut() -> Step<R>) -> Step<R> {
    timeline::record_timed(What::Calls(subject));
    let step = poll();
    let then = match step {
        Step::Ended(_) => Then::ENDS,
        Step::Waits => root.vthread.wait_reason.then(),
        Step::Yields | Step::Again => WaitReason::Queued.as_then(),
    };
    timeline::record_timed(What::Returns(then));
    step
}

/// Whether the walk that has marked the call, or the vthread in whose plain frame it was made, is
/// still marking others.
fn is_held(running: &Running) -> bool {
    running.is_held() || current::with(|outer| outer.is_some_and(Running::is_held))
}

/// Bounds the cleanup of a call that is marked, and waits for constructs that are open in it. False
/// if the grace has just ended: then it is to be polled again.
fn bound_cleanup(root: &Root, cleanup: &mut Option<CleanupTimer>, cx: &Context<'_>) -> bool {
    let scope = &root.vthread.root;
    let cleanup = cleanup.get_or_insert_with(|| CleanupTimer::new(scope.grace(), cx));
    if !cleanup.is_over() || scope.has_forced_mark() {
        return true;
    }
    // SAFETY: this thread polls the vthread, and those further out on its stack.
    if let Some(reason) = unsafe { root.vthread.reason(scope) } {
        scope.mark(&reason);
    }
    scope.mark_forced();
    root.vthread.set_maybe_cancelled();
    false
}

/// The canceller of a call, until this is dropped.
enum Registration<'a> {
    /// The vthread below whose plain frame it was made.
    Nested(#[allow(dead_code)] Nested<'a>),
    /// The end of the process: the call is in no scope.
    PlainCall(#[allow(dead_code)] PlainCall),
    /// None: the call completes.
    Nowhere,
}

impl<'a> Registration<'a> {
    /// Below a vthread whose plain code may have given the call any of its values.
    fn nowhere(running: &Running) -> Self {
        running.vthread().leak();
        Registration::Nowhere
    }

    fn make(root: &'a Arc<Root>) -> Self {
        current::with(|running| match running {
            // Inside destructors the call completes.
            Some(running) if running.is_dropping() => Registration::nowhere(running),
            Some(running) => Registration::Nested(Nested::register(root, running)),
            None => PlainCall::enter(root).map_or(Registration::Nowhere, Registration::PlainCall),
        })
    }
}

/// The registration of a root with the vthread below whose plain frame it was made.
struct Nested<'a> {
    root: &'a Root,
    outer: *const Vthread,
}

impl<'a> Nested<'a> {
    fn register(root: &'a Arc<Root>, running: &Running) -> Self {
        // SAFETY: the innermost scope of a poll further out on this stack, hence open.
        let around = unsafe {
            root.vthread.root.set_parent(running.scope());
            &*running.scope()
        };
        around.opened_inside();
        let outer = running.vthread();
        // SAFETY: this call's `Arc` keeps the root until `drop`; the scope is its first field.
        unsafe { outer.open().push(Arc::as_ptr(root).cast()) };
        if outer.may_be_cancelled() {
            root.vthread.set_maybe_cancelled();
        }
        if outer.takes_turns() {
            root.vthread.set_takes_turns();
        }
        if outer.escape.is_followed() {
            // The plain code between may have given it any value of the outer vthread.
            root.vthread.escape.follow();
        }
        Nested {
            root,
            outer: ptr::from_ref(outer),
        }
    }
}

impl Drop for Nested<'_> {
    fn drop(&mut self) {
        // SAFETY: as in `register`.
        let outer = unsafe { &*self.outer };
        outer.open().remove(&self.root.vthread.root);
        if self.root.vthread.leaked() > 0 {
            outer.leak();
        }
        // SAFETY: still open: the scope around a call does not end before it, or the process is
        // aborted.
        unsafe { &*self.root.vthread.root.parent() }.closed_inside();
        self.root.vthread.root.clear_parent();
    }
}
