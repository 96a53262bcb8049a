//! `select!`: several branches in one vthread; the first to end wins, and the others are closed
//! before the code goes on.
//!
//! Each branch is a scope of its own. One poll polls the open branches in turn, beginning with a
//! random one, and stops at the first that has ended: so no branch of a single operation takes a
//! value and loses. The losers are then marked, polled until nothing is open in them, and dropped.
//! That is shielded: what the winner took is delivered.
//!
//! A branch whose guard is false is closed from the beginning. With a `default`, one poll has to
//! find the winner: if none has ended then, all are losers.

#![allow(unsafe_code)] // Pin projection.

use super::body::{ScopedBody, with_own};
use crate::base::chance;
use crate::base::unwind::{Payload, drop_quietly};
use crate::cancel::reason::CancelReason;
use crate::cancel::scope::{Kind, Level, Scope};
use crate::group::cancel::cancel_marked;
use crate::group::grace::CleanupTimer;
use crate::task::current::Running;
use crate::task::stack;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

/// One of several, by nesting: this one, or one of the others.
#[derive(Debug)]
pub enum Or<A, B> {
    /// This one.
    A(A),
    /// One of the others.
    B(B),
}

/// The state of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Closed,
}

/// A branch, and those after it.
pub struct Branch<B, A, R> {
    enclosure: ScopedBody<Scope, B>,
    accepts: A,
    state: State,
    rest: R,
}

/// No more branches.
#[derive(Debug)]
pub struct NoBranch;

/// The result of one poll of a branch.
#[derive(Debug)]
pub enum Polled<T> {
    /// It waits.
    Waits,
    /// It has won.
    Won(T),
    /// It has ended without winning: its value does not fit its pattern, or it was dropped.
    Out,
    /// It has panicked.
    Panicked(Payload),
}

/// A list of branches, as a type. Separate from `Branches`, so that whether a `Select` is `Send`
/// does not depend on the lifetimes in the signature of `accepts`.
pub trait List {
    /// The winner's value, by the position of its branch.
    type Value;
    /// How many branches there are.
    const N: usize;
}

impl List for NoBranch {
    type Value = Infallible;
    const N: usize = 0;
}

impl<B: Future, A, R: List> List for Branch<B, A, R> {
    type Value = Or<B::Output, R::Value>;
    const N: usize = R::N + 1;
}

/// A list of branches, which only the macro can make and poll.
pub trait Branches: List {
    /// Polls one branch.
    ///
    /// # Safety
    /// - This thread polls the vthread, in the frame of whose `select!` the list is.
    unsafe fn poll_at(
        self: Pin<&mut Self>,
        at: usize,
        poll: &dyn Poller,
        cx: &mut Context<'_>,
    ) -> Polled<Self::Value>;
    /// Marks every open branch. Returns whether scopes are open in one.
    fn mark_open(&self) -> bool;
    /// Marks every open branch, which is marked, a second time. Returns the same.
    fn force_open(&self) -> bool;
    /// Whether no branch is open.
    fn is_closed(&self) -> bool;
}

/// The poll for a branch, without its type in a public trait.
pub trait Poller {
    /// The vthread's poll.
    #[doc(hidden)]
    fn running(&self) -> *const ();
}

struct Polling<'a>(&'a Running);
impl Poller for Polling<'_> {
    fn running(&self) -> *const () {
        std::ptr::from_ref(self.0).cast()
    }
}

impl Branches for NoBranch {
    unsafe fn poll_at(
        self: Pin<&mut Self>,
        _: usize,
        _: &dyn Poller,
        _: &mut Context<'_>,
    ) -> Polled<Infallible> {
        Polled::Out
    }
    fn mark_open(&self) -> bool {
        false
    }
    fn force_open(&self) -> bool {
        false
    }
    fn is_closed(&self) -> bool {
        true
    }
}

impl<B: Future, A: Fn(&B::Output) -> bool, R: Branches> Branches for Branch<B, A, R> {
    unsafe fn poll_at(
        self: Pin<&mut Self>,
        at: usize,
        poll: &dyn Poller,
        cx: &mut Context<'_>,
    ) -> Polled<Self::Value> {
        // SAFETY: structural pinning of the enclosure and of the rest; neither is moved out of.
        let this = unsafe { self.get_unchecked_mut() };
        if at > 0 {
            // SAFETY: as above, and the caller's promise.
            return match unsafe { Pin::new_unchecked(&mut this.rest).poll_at(at - 1, poll, cx) } {
                Polled::Waits => Polled::Waits,
                Polled::Won(value) => Polled::Won(Or::B(value)),
                Polled::Out => Polled::Out,
                Polled::Panicked(payload) => Polled::Panicked(payload),
            };
        }
        if this.state == State::Closed {
            return Polled::Out;
        }
        // SAFETY: made by `Polling` from the current poll, which is further out on this stack.
        let running = unsafe { &*poll.running().cast::<Running>() };
        // SAFETY: as above.
        let enclosure = unsafe { Pin::new_unchecked(&mut this.enclosure) };
        let ended = match enclosure.poll_to_end(running, cx) {
            Poll::Pending => return Polled::Waits,
            Poll::Ready(ended) => ended,
        };
        this.state = State::Closed;
        match ended {
            Ok(Some(value)) if (this.accepts)(&value) => Polled::Won(Or::A(value)),
            Ok(_) => Polled::Out,
            Err(payload) => Polled::Panicked(payload),
        }
    }

    fn mark_open(&self) -> bool {
        let scope = self.enclosure.owner();
        let is_open = self.state == State::Open;
        if is_open {
            scope.mark(&CancelReason::NotSelected);
        }
        self.rest.mark_open() || (is_open && !scope.is_empty())
    }

    fn force_open(&self) -> bool {
        let scope = self.enclosure.owner();
        let is_open = self.state == State::Open;
        if is_open {
            scope.mark_forced();
        }
        self.rest.force_open() || (is_open && !scope.is_empty())
    }

    fn is_closed(&self) -> bool {
        self.state == State::Closed && self.rest.is_closed()
    }
}

/// A branch, before others. `accepts` returns whether a value fits the branch's pattern.
///
/// # Safety
/// - `body` was made by `select!`; the list goes to `select`.
pub unsafe fn branch<B: Future, A: Fn(&B::Output) -> bool, R: Branches>(
    body: B,
    accepts: A,
    rest: R,
) -> Branch<B, A, R> {
    Branch {
        enclosure: ScopedBody::new(Scope::new(Kind::Branch), body),
        accepts,
        state: State::Open,
        rest,
    }
}

/// As `branch`, closed from the beginning unless `is_open`.
///
/// # Safety
/// - As for `branch`.
pub unsafe fn branch_if<B: Future, A: Fn(&B::Output) -> bool, R: Branches>(
    is_open: bool,
    body: B,
    accepts: A,
    rest: R,
) -> Branch<B, A, R> {
    // SAFETY: by the contract.
    let mut branch = unsafe { branch(body, accepts, rest) };
    if !is_open {
        branch.state = State::Closed;
    }
    branch
}

enum Won<T> {
    Undecided,
    Decided(Option<T>),
    Panicked(Payload),
    Over,
}

/// The future of a `select!`.
pub struct Select<L: List> {
    list: L,
    won: Won<L::Value>,
    way: Way,
    /// Where a look that was interrupted between two branches goes on.
    goes_on_at: Option<usize>,
    /// The grace of the losers' cleanup.
    cleanup: Option<Box<CleanupTimer>>,
}

/// How the branches are tried.
#[derive(Clone, Copy, Default)]
struct Way {
    /// In the order in which they stand.
    is_biased: bool,
    /// Once.
    has_default: bool,
}

/// Runs the branches. `None`: no branch is left whose value fits its pattern.
///
/// # Safety
/// - The list was made by `select!`; the future is awaited by a vthread, in place.
pub unsafe fn select<L: Branches>(list: L) -> Select<L> {
    Select::of(list, Way::default())
}

/// Runs the branches, and prefers those that stand first.
///
/// # Safety
/// - As for `select`.
pub unsafe fn select_biased<L: Branches>(list: L) -> Select<L> {
    let is_biased = true;
    Select::of(
        list,
        Way {
            is_biased,
            ..Way::default()
        },
    )
}

/// Tries the branches. `None`: none is ready.
///
/// # Safety
/// - As for `select`.
pub unsafe fn select_or_default<L: Branches>(list: L) -> Select<L> {
    let has_default = true;
    Select::of(
        list,
        Way {
            has_default,
            ..Way::default()
        },
    )
}

/// Tries the branches in the order in which they stand. `None`: none is ready.
///
/// # Safety
/// - As for `select`.
pub unsafe fn select_biased_or_default<L: Branches>(list: L) -> Select<L> {
    Select::of(
        list,
        Way {
            is_biased: true,
            has_default: true,
        },
    )
}

impl<L: Branches> Future for Select<L> {
    type Output = Option<L::Value>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the list is not moved out of.
        let this = unsafe { self.get_unchecked_mut() };
        with_own(cx, |running, cx| {
            running.nesting(|| {
                if let Won::Over = this.won {
                    return Poll::Pending;
                }
                if let Won::Undecided = this.won {
                    this.poll_open(running, cx);
                    match &this.won {
                        Won::Undecided if !this.list.is_closed() => {
                            // One that is cancelled, or has spent its budget, has not tried.
                            if !this.way.has_default || !running.has_tried() {
                                return Poll::Pending;
                            }
                            this.won = Won::Decided(None);
                            this.mark_losers(running, Level::Graceful);
                        }
                        Won::Undecided if running.is_marked() => {
                            // All were dropped under a mark from outside: so will this future be.
                            this.won = Won::Over;
                            return Poll::Pending;
                        }
                        Won::Undecided => this.won = Won::Decided(None),
                        _ => this.mark_losers(running, Level::Graceful),
                    }
                }
                this.close_losers(running, cx)
            })
        })
    }
}

impl<L: Branches> Select<L> {
    fn of(list: L, way: Way) -> Self {
        Select {
            list,
            won: Won::Undecided,
            way,
            goes_on_at: None,
            cleanup: None,
        }
    }

    /// Marks the branches that are open, and at once all that is open in them: the children of one
    /// must not observe the end of another's.
    fn mark_losers(&self, running: &Running, level: Level) {
        let has_more = match level {
            Level::Graceful => self.list.mark_open(),
            Level::Forced => self.list.force_open(),
        };
        let vthread = running.vthread();
        vthread.set_maybe_cancelled();
        if has_more {
            cancel_marked(vthread, level);
        }
    }

    fn poll_open(&mut self, running: &Running, cx: &mut Context<'_>) {
        let first = match self.goes_on_at.take() {
            Some(at) => at,
            None if self.way.is_biased => 0,
            None => chance::below(L::N),
        };
        for offset in 0..L::N {
            let at = (first + offset) % L::N;
            // What another worker does between the looks at two branches, a world does here. The
            // next poll looks at all, since the wakes of those before this one may be spent.
            if offset > 0 && !self.way.has_default && running.gives_turn() {
                self.goes_on_at = Some(at);
                return;
            }
            match self.poll_at(at, running, cx) {
                Polled::Waits | Polled::Out => {}
                Polled::Won(value) => {
                    self.won = Won::Decided(Some(value));
                    return;
                }
                Polled::Panicked(payload) => {
                    self.won = Won::Panicked(payload);
                    return;
                }
            }
        }
    }

    /// Polls the losers until all are gone; then the winner's value.
    fn close_losers(&mut self, running: &Running, cx: &mut Context<'_>) -> Poll<Option<L::Value>> {
        if self
            .cleanup
            .as_ref()
            .is_some_and(|cleanup| cleanup.is_over())
        {
            self.mark_losers(running, Level::Forced);
        }
        for at in 0..L::N {
            match self.poll_at(at, running, cx) {
                Polled::Waits | Polled::Out => {}
                // It met no suspension point any more: its value is too late.
                Polled::Won(value) => drop_quietly(value),
                Polled::Panicked(payload) => {
                    if let Won::Panicked(_) = self.won {
                        drop_quietly(payload);
                    } else {
                        drop_quietly(std::mem::replace(&mut self.won, Won::Panicked(payload)));
                    }
                }
            }
        }
        if !self.list.is_closed() {
            if self.cleanup.is_none() {
                // SAFETY: the innermost scope is open, and this thread polls its vthread.
                let grace = unsafe { &*running.scope() }.grace();
                self.cleanup = Some(Box::new(CleanupTimer::new(grace, cx)));
            }
            return Poll::Pending;
        }
        stack::goes_on();
        match std::mem::replace(&mut self.won, Won::Over) {
            Won::Decided(value) => Poll::Ready(value),
            Won::Panicked(payload) => resume_unwind(payload),
            Won::Undecided | Won::Over => unreachable!("losers are closed after a branch has won"),
        }
    }

    fn poll_at(&mut self, at: usize, running: &Running, cx: &mut Context<'_>) -> Polled<L::Value> {
        // SAFETY: the list is pinned with the future, and this thread polls the vthread.
        let list = unsafe { Pin::new_unchecked(&mut self.list) };
        // SAFETY: as above.
        let poll = || unsafe { list.poll_at(at, &Polling(running), cx) };
        stack::beside(poll, |polled| matches!(polled, Polled::Waits))
    }
}

impl<L: List> fmt::Debug for Select<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select")
            .field("branches", &L::N)
            .finish_non_exhaustive()
    }
}

impl<B, A, R> fmt::Debug for Branch<B, A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Branch")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
