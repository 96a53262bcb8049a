//! `Tasks`: handles of children, taken in the order in which the children end.
//!
//! Each child has a waker of its own for its end, an `Arrival`, which puts the child's number into
//! a queue. So a step costs what one child costs, however many wait.

use super::task::{Task, no_value};
use crate::primitive::Mutex;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::handle::Join;
use crate::task::wait_reason::{self, WaitReason};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker, ready};

/// Handles of children, whose values are taken as they come: in the order in which the children
/// end.
///
/// `for value in tasks` suspends until the next child has ended, and ends when the value of each
/// has been taken; with `for value in &mut tasks` or [`next`](Tasks::next), more can be added
/// meanwhile. The children are those of any group, and may borrow as all children do. Dropping a
/// `Tasks` changes nothing: the children stay in their groups.
pub struct Tasks<V> {
    joins: BTreeMap<u64, Join<V>>,
    /// The number of the next one.
    next: u64,
    arrivals: Arc<Arrivals>,
}

/// Who has ended, and who waits for that.
struct Arrivals(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    /// In the order of their ends; those that ended before they were added, in that order.
    ended: VecDeque<u64>,
    waiter: Option<Waker>,
}

/// The waker for the end of one child.
struct Arrival {
    child: u64,
    arrivals: Arc<Arrivals>,
}

impl Wake for Arrival {
    fn wake(self: Arc<Self>) {
        self.arrivals.add(self.child);
    }
}

impl Arrivals {
    fn add(&self, child: u64) {
        let mut queue = self.0.lock();
        queue.ended.push_back(child);
        let waiter = queue.waiter.take();
        drop(queue);
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }

    /// The first that has ended, which stays in the queue.
    fn poll_first(&self, cx: &mut Context<'_>) -> Poll<u64> {
        // Foreign wakers are cloned and dropped outside the lock.
        let waker = cx.waker().clone();
        let mut queue = self.0.lock();
        let (old, first) = match queue.ended.front() {
            Some(&first) => (Some(waker), Poll::Ready(first)),
            None => (queue.waiter.replace(waker), Poll::Pending),
        };
        drop(queue);
        drop(old);
        first
    }

    fn remove_first(&self) {
        self.0.lock().ended.pop_front();
    }
}

impl<V> Tasks<V> {
    /// None yet.
    pub fn new() -> Self {
        Tasks {
            joins: BTreeMap::new(),
            next: 0,
            arrivals: Arc::new(Arrivals(Mutex::new(Queue::default()))),
        }
    }

    /// Adds a child. Never waits.
    #[track_caller]
    pub fn push(&mut self, task: Task<V>) {
        let child = self.next;
        self.next += 1;
        let arrivals = self.arrivals.clone();
        let waker = Waker::from(Arc::new(Arrival { child, arrivals }));
        let (join, is_over) = task.into_join(Location::caller(), &waker);
        self.joins.insert(child, join);
        if is_over {
            self.arrivals.add(child);
        }
    }

    /// How many have not been taken.
    pub fn len(&self) -> usize {
        self.joins.len()
    }

    /// Whether all have been taken.
    pub fn is_empty(&self) -> bool {
        self.joins.is_empty()
    }

    /// Waits until another child has ended, and returns its value; none if all have been taken.
    /// As [`Task::join`] of the child that ends first.
    ///
    /// # Suspends
    /// Always a checkpoint, and until a child has ended.
    ///
    /// # Cancellation
    /// Cancelled means that no value was taken.
    ///
    /// # Panics
    /// If the child was cancelled, or has failed in a group whose error was handled already:
    /// [`next_ended`](Tasks::next_ended) does not.
    #[allow(clippy::should_implement_trait)] // It is one, too.
    pub fn next(&mut self) -> Call<Option<V>, impl Future<Output = Option<V>>> {
        Call::leaf(poll_fn(|cx| self.poll_next(cx)))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<V>> {
        let Some(child) = ready!(self.poll_child(cx)) else {
            return Poll::Ready(None);
        };
        let join = self.joins.get_mut(&child).expect("it is there");
        // Not at once if this vthread is being cancelled: then it stays the first.
        let joined = ready!(Pin::new(join).poll(cx));
        self.remove_first(child);
        match joined {
            Ok(value) => Poll::Ready(Some(value)),
            Err(handle) => no_value(handle.header()),
        }
    }

    /// Waits until another child has ended, and returns its handle; none if all have been taken.
    /// How it has ended says its [`outcome`](Task::outcome).
    ///
    /// # Suspends
    /// Always a checkpoint, and until a child has ended.
    ///
    /// # Cancellation
    /// Cancelled means that no handle was taken.
    pub fn next_ended(&mut self) -> Call<Option<Task<V>>, impl Future<Output = Option<Task<V>>>> {
        Call::leaf(poll_fn(|cx| self.poll_next_ended(cx)))
    }

    fn poll_next_ended(&mut self, cx: &mut Context<'_>) -> Poll<Option<Task<V>>> {
        let Some(child) = ready!(self.poll_child(cx)) else {
            return Poll::Ready(None);
        };
        let join = self.remove_first(child);
        Poll::Ready(Some(Task::of(join)))
    }

    /// The child that has ended first, or none if there is none at all.
    fn poll_child(&self, cx: &mut Context<'_>) -> Poll<Option<u64>> {
        ready!(checkpoint(cx));
        if self.joins.is_empty() {
            return Poll::Ready(None);
        }
        let child = self.arrivals.poll_first(cx);
        if child.is_pending() {
            wait_reason::waits(WaitReason::Joining, cx);
        }
        child.map(Some)
    }

    fn remove_first(&mut self, child: u64) -> Join<V> {
        self.arrivals.remove_first();
        self.joins.remove(&child).expect("it is there")
    }
}

#[diagnostic::do_not_recommend]
impl<V> Suspends<{ name_hash("next") }> for Tasks<V> {}
#[diagnostic::do_not_recommend]
impl<V> Suspends<{ name_hash("next_ended") }> for Tasks<V> {}

/// In plain code, and under an adapter such as `map`: each step blocks.
impl<V> Iterator for Tasks<V> {
    type Item = V;

    fn next(&mut self) -> Option<V> {
        Tasks::next(self).block()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl<V> Extend<Task<V>> for Tasks<V> {
    fn extend<I: IntoIterator<Item = Task<V>>>(&mut self, tasks: I) {
        tasks.into_iter().for_each(|task| self.push(task));
    }
}

impl<V> FromIterator<Task<V>> for Tasks<V> {
    fn from_iter<I: IntoIterator<Item = Task<V>>>(tasks: I) -> Self {
        let mut all = Tasks::new();
        all.extend(tasks);
        all
    }
}

impl<V> Default for Tasks<V> {
    fn default() -> Self {
        Tasks::new()
    }
}

impl<V> fmt::Debug for Tasks<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
