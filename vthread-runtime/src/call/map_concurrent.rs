//! `map_concurrent`: a group with a limit, one child for each item.

#![allow(unsafe_code)] // Opens a group as `group!` does.

use super::closure::{Ends, VthreadFn};
use crate::group::handle::Group;
use crate::group::limit::acquire_permit;
use crate::group::options::{GroupOptions, SpawnOptions};
use crate::group::owner::Owner;
use crate::group::spawn::spawn;
use crate::task::call::{Call, call, frame};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

/// The result of [`map_concurrent`]: `Result<Vec<V>, E>` if the closure returns `Result<V, E>`,
/// else a `Vec` of the closure's results.
pub type Mapped<C, A> = <<C as VthreadFn<A>>::Ends as Ends<<C as VthreadFn<A>>::Output>>::All;

/// Calls a closure with each item, for at most `limit` items at a time, and returns the results in
/// the order of the items.
///
/// Each call is a vthread of its own, so they run in parallel. The closure may borrow.
///
/// If it returns a `Result`, so does `map_concurrent`: the first error, in time, cancels the other
/// calls and is returned when they have ended. Otherwise it returns a `Vec`. Whether it is a
/// `Result` is decided where the closure is written; in a function that takes a `VthreadFn` as an
/// argument, write `closure!(|x| f.call(x))`.
///
/// The items are taken one by one, as calls end.
///
/// # Suspends
/// Until all calls have ended.
///
/// # Cancellation
/// The calls are cancelled, and joined before anything that they borrow is dropped. Their results
/// are lost.
///
/// # Panics
/// If `limit` is zero. With the first panic of a call or of the iterator, after all calls have
/// ended.
///
/// # Errors
/// The first error of the closure.
#[track_caller]
pub fn map_concurrent<'a, I, C>(items: I, limit: usize, f: C) -> Mapped<C, I::Item>
where
    I: IntoIterator<IntoIter: Send + 'a, Item: Send + 'a>,
    C: VthreadFn<I::Item, Ends: Ends<C::Output>> + Send + 'a,
{
    __vthread_map_concurrent(items, limit, f).block()
}

/// The frame. It is boxed: the frame of a caller then does not name the closure's type, in which
/// rustc would look for erased lifetimes when it checks whether that frame is `Send`.
type Mapping<'a, C, A> = Pin<Box<dyn Future<Output = Mapped<C, A>> + Send + 'a>>;

#[doc(hidden)]
#[track_caller]
pub fn __vthread_map_concurrent<'a, I, C>(
    items: I,
    limit: usize,
    f: C,
) -> Call<Mapped<C, I::Item>, Mapping<'a, C, I::Item>>
where
    I: IntoIterator<IntoIter: Send + 'a, Item: Send + 'a>,
    C: VthreadFn<I::Item, Ends: Ends<C::Output>> + Send + 'a,
{
    assert!(
        limit > 0,
        "map_concurrent: the limit must be at least 1: with 0 no call could ever run"
    );
    let options = GroupOptions::new().max_concurrency(limit);
    let items = items.into_iter();
    let frame = async move {
        // SAFETY: it stays in this frame, and `run` drives it to its end.
        let owner = unsafe { Owner::new(options) };
        // SAFETY: both handles are of this owner, and go into `run` and its body.
        let group = unsafe { owner.group() };
        // SAFETY: as above.
        let inner = unsafe { group.dup() };
        let body = map_all::<I::IntoIter, C>(items, f, inner);
        // SAFETY: the group is this owner's, and only the vthread that awaits it polls it.
        let run = unsafe { owner.run(group, body) };
        <C::Ends as Ends<C::Output>>::all(run.await)
    };
    // SAFETY: a frame of ours, not polled yet.
    unsafe { call(Box::pin(frame) as Mapping<'a, C, I::Item>) }
}

type Value<C, A> = <<C as VthreadFn<A>>::Ends as Ends<<C as VthreadFn<A>>::Output>>::Value;
type Error<C, A> = <<C as VthreadFn<A>>::Ends as Ends<<C as VthreadFn<A>>::Output>>::Error;

/// The body of the group: borrows nothing from the frame around it.
async fn map_all<'scope, I, C>(
    items: I,
    f: C,
    group: Group<'scope, Error<C, I::Item>>,
) -> Result<Vec<Value<C, I::Item>>, Error<C, I::Item>>
where
    I: Iterator<Item: 'scope>,
    C: VthreadFn<I::Item, Ends: Ends<C::Output>> + 'scope,
    Value<C, I::Item>: 'scope,
    Error<C, I::Item>: 'scope,
{
    let mut values = Vec::new();
    let mut tasks = VecDeque::new();
    for item in items {
        // SAFETY: awaited here, by a vthread, which spawns next; it is no child of the group.
        let room = unsafe { acquire_permit(&group) };
        let permit = room.await;
        let next = f.call(item);
        let child = async move {
            // SAFETY: awaited in place by a child, which is a vthread.
            let next = unsafe { frame(next) };
            <C::Ends as Ends<C::Output>>::split(next.await)
        };
        // SAFETY: the child owns its call, which owns the item and a clone of the closure: their
        // borrows outlive the frame that `map_concurrent` was called from, and so the group.
        tasks.push_back(unsafe { spawn(&group, permit, SpawnOptions::new(), child) });
        while tasks.front().is_some_and(|first| first.is_finished()) {
            let first = tasks.pop_front().expect("it was looked at");
            values.push(join(first).await);
        }
    }
    for task in tasks {
        values.push(join(task).await);
    }
    Ok(values)
}

fn join<V>(task: crate::group::task::Task<V>) -> impl Future<Output = V> {
    // SAFETY: awaited in place, by the body of the group.
    unsafe { frame(task.join()) }
}

/// The module by which vthread code finds the function.
#[doc(hidden)]
#[allow(clippy::module_inception)]
pub mod map_concurrent {
    pub use super::__vthread_map_concurrent as __vthread_call;
    pub use super::map_concurrent as a_vthread_fn_and_a_plain_fn_of_this_name;
    pub use crate::task::call::__VTHREAD_KIND;
}
