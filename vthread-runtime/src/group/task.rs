//! `Task`: what `spawn!` gives.

use super::call::{Call, Suspends, name_hash};
use crate::task::handle::{Handle, Join};
use crate::task::header::End;
use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The handle of a child, as `spawn!` gives it.
///
/// Dropping it changes nothing: the child stays in its group. A finished child's value outlives
/// its group: it is here until it is taken or the handle goes.
pub struct Task<V> {
    handle: Handle<V>,
    name: Option<Cow<'static, str>>,
}

impl<V> Task<V> {
    pub(super) fn new(handle: Handle<V>, name: Option<Cow<'static, str>>) -> Self {
        Task { handle, name }
    }

    /// Waits until the child has ended, and gives its value. At once if it has.
    ///
    /// In a group that succeeded and was not cancelled it always can. Where the child failed, its
    /// group is being cancelled, and this is where the body learns it: the call does not return.
    ///
    /// # Suspends
    /// Until the child has ended.
    ///
    /// # Cancellation
    /// A suspension point. The value is lost with the handle.
    ///
    /// # Panics
    /// If the child was cancelled, or has failed in a group whose error was handled already.
    pub fn join(self) -> Call<TaskJoin<V>> {
        Call::leaf(TaskJoin {
            join: self.handle.join(),
            name: self.name,
        })
    }

    /// Whether the child has ended, with a value or without.
    pub fn is_finished(&self) -> bool {
        self.handle.header().is_complete()
    }

    /// Asks the child to end at its next suspension point. Does not wait.
    ///
    /// Cancelling a child is not a failure: the group goes on. A child that has ended keeps its
    /// value.
    pub fn cancel(&self) {
        super::cancel::cancel_task(self.handle.header());
    }

    /// The name given at `spawn!(name = .. => ..)`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl<V> fmt::Debug for Task<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("name", &self.name)
            .field("spawned_at", &self.handle.header().site)
            .field("end", &self.handle.header().end())
            .finish()
    }
}

impl<V> Suspends<{ name_hash("join") }> for Task<V> {}

/// The future of [`Task::join`].
#[derive(Debug)]
pub struct TaskJoin<V> {
    join: Join<V>,
    name: Option<Cow<'static, str>>,
}

impl<V> Future for TaskJoin<V> {
    type Output = V;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<V> {
        match ready!(Pin::new(&mut self.join).poll(cx)) {
            Ok(value) => Poll::Ready(value),
            Err((end, site)) => {
                let name = self.name.as_deref().unwrap_or("a vthread");
                let how = match end {
                    End::Failed => "failed",
                    End::Panicked => "panicked",
                    _ => "was cancelled",
                };
                panic!("join: {name} (spawned at {site}) {how} and has no value");
            }
        }
    }
}
