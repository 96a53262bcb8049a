//! The call stack of a vthread: its base frame and, above it, the segments of its recursive calls.
//!
//! A function that calls itself cannot hold its own frame, so such a call gets a *segment* on the
//! heap. Segments are not polled through the frames that made them: that would take a stack as deep
//! as the recursion. The caller's poll pushes the segment on the vthread's call stack; the runtime
//! polls the top segment, and only that. So resuming a deep recursion costs what resuming one frame
//! costs, and neither polling nor dropping it needs the machine's stack.
//!
//! The first poll of a segment is made in place, by the frame that made it, while little of the
//! stack is used: most calls end in it, and then cost an allocation and a call. Otherwise the
//! caller returns `Pending`, and the runtime makes that first poll from the bottom of the stack.
//!
//! A segment is a scope of its own: the scope around the call counts it as open inside. When the
//! top has ended, its value (or its panic) stays in the segment, the segment is popped, and the
//! frame below is polled, which finds it there. When the top is marked and nothing is open in it,
//! its frame is dropped and it is popped; then the one below is looked at: innermost first.
//!
//! In a branch of a `select!`, which is polled beside others, a recursive call nests: its frame is
//! on the heap, but polled by the frame that made it.
//!
//! Who may touch what: the thread that polls the vthread, everything. The `Call` future in the
//! frame below owns the memory, the call stack has it by address while it is pushed. A frame that
//! holds such a future is not dropped while its segment is pushed, because the segment is an open
//! scope in it.

#![allow(unsafe_code)] // A stack of frames, linked by address.

use super::current::{self, Running};
use super::current_map::Borrowed;
use super::stack;
use super::stack_top::Place;
use super::vthread::Vthread;
use crate::base::blocks;
use crate::base::overwrite::Overwrite;
use crate::base::unwind::catch;
use crate::base::unwind::{CancelUnwind, Payload, drop_quietly};
use crate::cancel::scope::{Kind, Scope};
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::ptr::{self, NonNull};
use std::task::{Context, Poll};

/// The part of a segment that does not depend on its types; its first field.
#[repr(C)]
pub(crate) struct Link {
    place: Place,
    /// Never marked itself. Its parent is the nearest scope that can be, so that the chain is not
    /// as long as the recursion is deep.
    scope: Scope,
    /// The scope that was innermost at the call: the segment is open inside it.
    around: Cell<*const Scope>,
    /// It was pushed, and waits for its first poll.
    is_fresh: Cell<bool>,
    /// The bindings at the call. Owned by a frame below, which waits for this one.
    bindings: Cell<Borrowed>,
    poll: unsafe fn(NonNull<Link>, &mut Context<'_>) -> Poll<()>,
    drop_frame: unsafe fn(NonNull<Link>),
    panic: Cell<Option<Payload>>,
}

enum Stage<F: Future> {
    Frame(F),
    Value(F::Output),
    Empty,
}

/// A frame on the heap.
#[repr(C)]
struct Node<F: Future> {
    link: Link,
    stage: UnsafeCell<Stage<F>>,
}

/// The future of a recursive call.
///
/// `Unpin` does not matter here: the frame is not inside.
pub struct Segment<F: Future> {
    /// Made by `segment`; owned by this future.
    node: NonNull<Node<F>>,
    state: State,
    _never_unpin: PhantomPinned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Pushed,
    /// Polled by the frame below, in a branch of a `select!`.
    Nested,
    Done,
}

// SAFETY: it owns the frame and its value.
unsafe impl<F: Future + Send> Send for Segment<F> where F::Output: Send {}
// SAFETY: `&Segment` gives access to nothing.
unsafe impl<F: Future> Sync for Segment<F> {}

/// Puts the frame of a recursive call on the heap, to be polled by the runtime.
///
/// # Safety
/// - The future is awaited by the frame of a vthread, in place.
#[inline]
pub unsafe fn segment<F: Future>(frame: F) -> Segment<F> {
    let place = blocks::allocate::<Node<F>>();
    let node = place.as_ptr();
    // SAFETY: a place for a node, whose two fields are written in place: so the frame is copied
    // once, and not by way of the stack.
    unsafe {
        (&raw mut (*node).stage).write(UnsafeCell::new(Stage::Frame(frame)));
        (&raw mut (*node).link).write(Link {
            place: Place::new(),
            scope: Scope::new(Kind::Segment),
            around: Cell::new(ptr::null()),
            is_fresh: Cell::new(true),
            bindings: Cell::new(Borrowed::none()),
            poll: poll::<F>,
            drop_frame: drop_frame::<F>,
            panic: Cell::new(None),
        });
    }
    Segment {
        node: place,
        state: State::New,
        _never_unpin: PhantomPinned,
    }
}

impl<F: Future> Future for Segment<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: nothing is pinned inside.
        let this = unsafe { self.get_unchecked_mut() };
        current::with(|running| {
            let running = running
                .filter(|running| running.is_own(cx))
                .expect("a recursive call is polled by its vthread");
            match this.state {
                State::New | State::Nested if running.nests() => {
                    this.state = State::Nested;
                    // SAFETY: the node is ours, is not pushed, and is pinned on the heap.
                    match unsafe { poll::<F>(this.node.cast(), cx) } {
                        Poll::Ready(()) => this.take(),
                        Poll::Pending => Poll::Pending,
                    }
                }
                State::New => {
                    // SAFETY: the node is ours, and this thread polls the vthread.
                    unsafe { push(running, this.node.cast()) };
                    this.state = State::Pushed;
                    if !running.has_stack() {
                        return Poll::Pending;
                    }
                    let vthread = running.vthread();
                    match poll_top(vthread, running, cx, this.node.cast()) {
                        true => this.take(),
                        false => {
                            stack::cut();
                            Poll::Pending
                        }
                    }
                }
                State::Pushed => this.take(),
                State::Nested => unreachable!("a branch is polled as a branch"),
                State::Done => unreachable!("a recursive call is polled after its end"),
            }
        })
    }
}

impl<F: Future> Segment<F> {
    /// Called after the segment was popped: takes its result.
    fn take(&mut self) -> Poll<F::Output> {
        // SAFETY: ours; the call stack does not have it any more, or has it and does not poll it
        // now.
        let node = unsafe { self.node.as_ref() };
        if let Some(payload) = node.link.panic.take() {
            self.state = State::Done;
            resume_unwind(payload);
        }
        let place = node.stage.get();
        // SAFETY: as above.
        let Stage::Value(value) = (unsafe { &mut *place }) else {
            // Not over, or cancelled: the frame below is about to be dropped as well.
            return Poll::Pending;
        };
        // SAFETY: moved out, and marked as moved below. The rest of the place, as large as the
        // frame, is not copied.
        let value = unsafe { ptr::read(value) };
        // SAFETY: as above.
        unsafe { place.write(Stage::Empty) };
        self.state = State::Done;
        Poll::Ready(value)
    }
}

impl<F: Future> Drop for Segment<F> {
    fn drop(&mut self) {
        /// Frees the node also if the drop of the frame unwinds.
        struct Free<F: Future>(NonNull<Node<F>>);
        impl<F: Future> Drop for Free<F> {
            fn drop(&mut self) {
                // SAFETY: made by `segment`, and used for the last time.
                unsafe { blocks::free(self.0) };
            }
        }
        let free = Free(self.node);
        // SAFETY: ours, and not pushed: it never was, or it was popped before the scope around this
        // call could be dropped.
        unsafe { self.node.drop_in_place() };
        drop(free);
    }
}

impl<F: Future> fmt::Debug for Segment<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// # Safety
/// - `link` is a new segment, and stays alive until it is popped.
/// - This thread polls the vthread.
unsafe fn push(running: &Running, link: NonNull<Link>) {
    // SAFETY: alive by the contract.
    let segment = unsafe { link.as_ref() };
    // SAFETY: the vthread being polled, and its innermost scope.
    let (vthread, around) = unsafe { (running.vthread(), &*running.scope()) };
    let parent = match around.kind {
        Kind::Segment => around.parent(),
        _ => running.scope(),
    };
    // SAFETY: the parent of an open scope is open.
    unsafe { segment.scope.set_parent(parent) };
    segment.around.set(around);
    segment.bindings.set(running.bindings().at_call());
    around.opened_inside();
    vthread.stack_top.push(link.cast());
    vthread.stack.pushed();
}

/// The topmost segment, if there is one.
#[inline]
fn top_of(vthread: &Vthread) -> Option<NonNull<Link>> {
    // A place is the first field of a segment, and was pushed by a pointer to that.
    vthread.stack_top.segment().map(NonNull::cast)
}

/// Pops the top.
#[inline]
fn pop(vthread: &Vthread, top: &Link) {
    vthread.stack_top.pop(&top.place);
    vthread.stack.popped();
    // SAFETY: the scope around the call is open: this segment was open inside it.
    unsafe { &*top.around.get() }.closed_inside();
}

/// Polls the top segment, and each that becomes the top, until the base frame has ended or
/// everything waits. `base` polls the base frame.
///
/// The caller catches the panics of `base`, and looks at the marks of the root afterwards.
pub(crate) fn poll_on_segments<R>(
    vthread: &Vthread,
    running: &Running,
    cx: &mut Context<'_>,
    mut base: impl FnMut(&mut Context<'_>) -> Poll<R>,
) -> Poll<R> {
    running.mark_stack();
    loop {
        let top = top_of(vthread);
        match top {
            // The frame below a segment that has ended goes on.
            Some(top) if poll_top(vthread, running, cx, top) => continue,
            Some(_) => {}
            None => match base(cx) {
                Poll::Pending => {}
                result => return result,
            },
        }
        let pushed = top_of(vthread);
        // SAFETY: pushed, hence alive.
        let pushed = pushed.map(|pushed| unsafe { pushed.as_ref() });
        let has_fresh = pushed.is_some_and(|pushed| pushed.is_fresh.get());
        if pushed.is_some() {
            stack::in_recursion(top.is_none().then_some(&vthread.stack), has_fresh);
        }
        if !has_fresh {
            return Poll::Pending;
        }
    }
}

/// Polls one segment. Returns true if it is over and popped.
fn poll_top(
    vthread: &Vthread,
    running: &Running,
    cx: &mut Context<'_>,
    top: NonNull<Link>,
) -> bool {
    // SAFETY: pushed, hence alive.
    let link = unsafe { top.as_ref() };
    link.is_fresh.set(false);
    // SAFETY: the chain above an open scope is open, and this thread polls the vthread.
    let is_marked = || unsafe { vthread.is_marked(&link.scope) };
    let polled = within(running, link, || {
        // SAFETY: the top of the line is polled by the line only.
        catch(|| unsafe { (link.poll)(top, cx) })
    });
    match polled {
        // The value has taken the place of the frame.
        Ok(Poll::Ready(())) => {
            pop(vthread, link);
            return true;
        }
        // A mark is met at suspension points only: here the frame waits at one.
        Ok(Poll::Pending) => {
            if !(top_of(vthread) == Some(top) && is_marked() && link.scope.is_empty()) {
                return false;
            }
        }
        Err(payload) => {
            if !(payload.is::<CancelUnwind>() && is_marked()) {
                link.panic.set(Some(payload));
            }
        }
    }
    link.scope.must_be_empty();
    let drop_frame = || {
        // SAFETY: nothing is open in the frame; a value is left where it is.
        catch(|| unsafe { (link.drop_frame)(top) })
    };
    let dropped = within(running, link, || running.dropping(drop_frame));
    if let Err(payload) = dropped {
        drop_quietly(link.panic.replace(Some(payload)));
    }
    pop(vthread, link);
    true
}

/// Runs `code` as the segment's: in its scope, with the bindings of its call.
fn within<R>(running: &Running, link: &Link, code: impl FnOnce() -> R) -> R {
    // SAFETY: the frame below that owns the bindings waits for this segment.
    running.within(&link.scope, || unsafe {
        running.bindings().as_at(link.bindings.get(), code)
    })
}

unsafe fn poll<F: Future>(link: NonNull<Link>, cx: &mut Context<'_>) -> Poll<()> {
    // SAFETY: a segment of this type; the call stack alone touches the stage while it is pushed.
    let stage = unsafe { link.cast::<Node<F>>().as_ref() }.stage.get();
    // SAFETY: as above; the frame stays where it is until it is dropped there.
    let Stage::Frame(frame) = (unsafe { &mut *stage }) else {
        unreachable!("a segment is polled after its end")
    };
    // SAFETY: as above.
    let result = unsafe { Pin::new_unchecked(frame) }.poll(cx);
    result.map(|value| {
        // SAFETY: as above.
        unsafe { link.as_ref() }.scope.must_be_empty();
        // The value takes the place of the frame.
        // SAFETY: as above; the contents are dropped by the next statement.
        let _written = unsafe { Overwrite::new(stage, || Stage::Value(value)) };
        // SAFETY: as above; overwritten by the guard, also if a destructor unwinds.
        unsafe { stage.drop_in_place() };
    })
}

unsafe fn drop_frame<F: Future>(link: NonNull<Link>) {
    // SAFETY: as in `poll`.
    let stage = unsafe { link.cast::<Node<F>>().as_ref() }.stage.get();
    // SAFETY: as in `poll`.
    if let Stage::Frame(_) = unsafe { &mut *stage } {
        // SAFETY: as in `poll`; the contents are dropped by the next statement.
        let _written = unsafe { Overwrite::new(stage, || Stage::Empty) };
        // SAFETY: overwritten by the guard.
        unsafe { stage.drop_in_place() };
    }
}
