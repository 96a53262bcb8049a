//! `Task`: the handle that `spawn!` returns.

use super::outcome::Outcome;
use crate::cancel::reason::CancelReason;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::handle::{Handle, Join};
use crate::task::header::Header;
use crate::task::id::TaskId;
use crate::task::wait_for::Site;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

/// The handle of a child, returned by `spawn!`.
///
/// Dropping it changes nothing: the child stays in its group. The value of a finished child
/// outlives its group: it is kept until it is taken or the handle is dropped.
pub struct Task<V> {
    handle: Handle<V>,
}

impl<V> Task<V> {
    pub(crate) fn new(handle: Handle<V>) -> Self {
        Task { handle }
    }

    /// Waits until the child has ended, and returns its value; at once if it has ended.
    ///
    /// In a group that succeeded and was not cancelled there always is a value. If the child
    /// failed, its group is being cancelled, and the body is cancelled here: the call does not
    /// return.
    ///
    /// # Suspends
    /// Until the child has ended.
    ///
    /// # Cancellation
    /// A suspension point. The value is lost with the handle.
    ///
    /// # Panics
    /// If the child was cancelled, or has failed in a group whose error was handled already.
    #[track_caller]
    pub fn join(self) -> Call<V, TaskJoin<V>> {
        Call::leaf(TaskJoin {
            join: self.handle.join(Location::caller()),
        })
    }

    /// Returns how the child has ended, without taking its value; `None` while it lives, as with
    /// std's `Child::try_wait`.
    ///
    /// It never suspends, panics, or cancels anything. Once the child has ended the answer does not
    /// change, also after the end of the group.
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::of(self.handle.header())
    }

    /// Returns whether the child has ended, with a value or without.
    pub fn is_finished(&self) -> bool {
        self.handle.header().is_complete()
    }

    /// Asks the child, and everything below it, to end at the next suspension point. Does not wait.
    ///
    /// To cancel a child is not a failure: the group goes on. A child that has ended keeps its
    /// value.
    pub fn cancel(&self) {
        super::cancel::cancel_task(self.handle.held(), &CancelReason::TaskCancelled);
    }

    /// The join, which leaves `waker` for the child's end; and whether it has ended already.
    pub(super) fn into_join(self, site: Site, waker: &Waker) -> (Join<V>, bool) {
        self.handle.join_with(site, waker)
    }

    /// The handle of a child that nothing has joined.
    pub(super) fn of(join: Join<V>) -> Self {
        Task::new(join.into_handle())
    }

    pub(crate) fn header(&self) -> &Header {
        self.handle.header()
    }

    /// Returns a number that identifies the child among all vthreads of the process, for logs.
    pub fn id(&self) -> TaskId {
        self.handle.header().id()
    }

    /// Returns the name given at `spawn!(name = .. => ..)`.
    pub fn name(&self) -> Option<&str> {
        name(self.handle.header())
    }

    /// Returns the location of the `spawn!` that made the child.
    pub fn location(&self) -> &'static Location<'static> {
        self.handle.header().site()
    }
}

impl<V> fmt::Debug for Task<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("name", &self.name())
            .field("spawned_at", &self.handle.header().site())
            .field("outcome", &self.outcome())
            .finish()
    }
}

#[diagnostic::do_not_recommend]
impl<V> Suspends<{ name_hash("join") }> for Task<V> {}

/// The future of [`Task::join`].
#[derive(Debug)]
pub struct TaskJoin<V> {
    join: Join<V>,
}

impl<V> Future for TaskJoin<V> {
    type Output = V;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<V> {
        match ready!(Pin::new(&mut self.join).poll(cx)) {
            Ok(value) => Poll::Ready(value),
            Err(handle) => no_value(handle.header()),
        }
    }
}

/// For async code: waits for the child's end without blocking an OS thread. In vthread code
/// [`Task::join`] reads better.
///
/// The output is the value, or how the child ended without one; so unlike `join` it does not panic.
/// It may be polled by any executor, and dropping it changes nothing for the child.
///
/// ```ignore
/// let pages: Vec<Task<Page>> = urls.iter().map(|url| spawn! { fetch(url) }).collect();
/// let first = futures::future::select_all(pages.into_iter().map(IntoFuture::into_future)).await;
/// ```
impl<V> IntoFuture for Task<V> {
    type Output = Result<V, Outcome>;
    type IntoFuture = TaskFuture<V>;

    #[track_caller]
    fn into_future(self) -> TaskFuture<V> {
        TaskFuture(self.handle.join(Location::caller()))
    }
}

/// The future of a [`Task`], for async code.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is polled"]
pub struct TaskFuture<V>(Join<V>);

impl<V> Future for TaskFuture<V> {
    type Output = Result<V, Outcome>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let joined = ready!(Pin::new(&mut self.0).poll(cx));
        Poll::Ready(joined.map_err(|handle| {
            Outcome::of(handle.header()).expect("a task is joined when it has ended")
        }))
    }
}

impl<V> Task<V> {
    /// For async code: a future of the child's end that cancels the child if it is dropped before,
    /// so that the child is cancelled with the async code that waits for it.
    ///
    /// The output is the value, or how the child ended without one. Dropping the future does not
    /// wait for the child's end. Call it where the child is spawned: a [`Task`] that an async block
    /// only captures is dropped, not cancelled, if the block is dropped before its first poll.
    ///
    /// ```ignore
    /// // In a tokio task: a vthread does the work, and ends if the task is aborted.
    /// let page = background! { fetch(&url) }.cancel_on_drop().await;
    /// ```
    #[track_caller]
    pub fn cancel_on_drop(self) -> CancelOnDrop<V> {
        CancelOnDrop(self.into_future())
    }
}

/// The future of [`Task::cancel_on_drop`].
#[derive(Debug)]
#[must_use = "the child is cancelled when this is dropped"]
pub struct CancelOnDrop<V>(TaskFuture<V>);

impl<V> Future for CancelOnDrop<V> {
    type Output = Result<V, Outcome>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<V> Drop for CancelOnDrop<V> {
    fn drop(&mut self) {
        // There is no handle any more after the end.
        if let Some(handle) = self.0.0.handle() {
            super::cancel::cancel_task(handle.held(), &CancelReason::TaskCancelled);
        }
    }
}

fn name(task: &Header) -> Option<&str> {
    task.name().map(|name| &**name)
}

/// The panic of a join of a child that has no value: names the child, and the reason.
#[cold]
pub(super) fn no_value(task: &Header) -> ! {
    let site = task.site();
    let who = match name(task) {
        Some(name) => format!("`{name}` (spawned at {site})"),
        None => format!("the vthread spawned at {site}"),
    };
    match Outcome::of(task) {
        Some(Outcome::Cancelled(reason)) => {
            panic!("join: {who} was cancelled and has no value: {reason}")
        }
        Some(Outcome::Done) | None => unreachable!("a value is there until it is taken"),
        Some(outcome) => panic!("join: {who} {outcome} and has no value"),
    }
}
