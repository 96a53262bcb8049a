//! The proof that a test's calls suspend.
//!
//! A call that suspends is polled with the waker of the vthread that has its frame. A call that
//! blocks is a vthread of its own, with a waker of its own. So `pause` compares its waker: on the
//! thread of a test it must be the one that `begin` saw, which the test's function awaits first; on
//! a worker it must be the waker of a task.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use vthread::prelude::*;

thread_local! {
    static ROOT: Cell<*const ()> = const { Cell::new(ptr::null()) };
    static COUNT: Cell<Pauses> = const { Cell::new(Pauses { suspended: 0, blocked: 0 }) };
}

/// The results of the pauses on the thread of a test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pauses {
    suspended: usize,
    blocked: usize,
}

/// The address of a task waker's vtable.
fn task_table() -> usize {
    static TABLE: OnceLock<usize> = OnceLock::new();
    *TABLE.get_or_init(|| group! {
        let table = spawn! {
            std::future::poll_fn(|cx| Poll::Ready(ptr::from_ref(cx.waker().vtable()) as usize)).await
        };
        table.join()
    })
}

/// Marks the vthread that awaits it as the one that must suspend.
pub(super) async fn begin() {
    std::future::poll_fn(|cx| {
        ROOT.set(cx.waker().data());
        Poll::Ready(())
    })
    .await;
}

/// Pending once, and checks its poller.
struct Pause {
    is_over: bool,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_over {
            return Poll::Ready(());
        }
        self.is_over = true;
        let mut count = COUNT.get();
        if ROOT.get().is_null() {
            let is_worker = std::thread::current().name() == Some("vthread-worker");
            let table = ptr::from_ref(cx.waker().vtable()) as usize;
            assert!(
                !is_worker || table == task_table(),
                "a call in a child blocks its worker"
            );
        } else if ROOT.get() == cx.waker().data() {
            count.suspended += 1;
        } else {
            count.blocked += 1;
        }
        COUNT.set(count);
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Suspends once.
#[vthread]
pub(super) fn pause() {
    Pause { is_over: false }.await
}

/// Suspends once, and returns `n`.
#[vthread]
pub(super) fn num(n: u32) -> u32 {
    pause();
    n
}

/// Suspends once, and returns `value`.
#[vthread]
pub(super) fn give<T>(value: T) -> T {
    pause();
    value
}

/// Runs `function`, a vthread function that awaits `begin()` first: it suspends `n` times outside
/// its children, and never blocks.
pub(super) fn suspends<R>(n: usize, function: impl FnOnce() -> R) -> R {
    suspends_and_blocks(n, 0, function)
}

/// The same for a function that also blocks, where its calls stand in plain code.
pub(super) fn suspends_and_blocks<R>(
    suspended: usize,
    blocked: usize,
    function: impl FnOnce() -> R,
) -> R {
    task_table();
    COUNT.set(Pauses {
        suspended: 0,
        blocked: 0,
    });
    let result = function();
    assert!(!ROOT.get().is_null(), "the function awaits `begin()`");
    ROOT.set(ptr::null());
    assert_eq!(COUNT.get(), Pauses { suspended, blocked });
    result
}

#[vthread]
fn one_of_each() -> u32 {
    begin().await;
    num(1) + [2].map(num)[0]
}

#[test]
fn a_call_that_blocks_is_told_from_one_that_suspends() {
    assert_eq!(suspends_and_blocks(1, 1, one_of_each), 3);
}
