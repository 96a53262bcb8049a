//! The proof that a user's calls suspend: all pauses of one vthread see one waker.

use std::cell::Cell;
use std::future::poll_fn;
use std::ptr;
use std::task::Poll;
use vthread::vthread;

thread_local! {
    static ROOT: Cell<*const ()> = const { Cell::new(ptr::null()) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// Marks the vthread that awaits it as the one that must suspend.
pub async fn begin() {
    poll_fn(|cx| {
        ROOT.set(cx.waker().data());
        COUNT.set(0);
        Poll::Ready(())
    })
    .await;
}

/// How often the vthread of [`begin`] has suspended. That ends the proof: later calls may block,
/// and may have a waker of their own.
pub fn n_pauses() -> usize {
    ROOT.set(ptr::null());
    COUNT.get()
}

/// Suspends once.
///
/// # Panics
/// If the call blocks, where it stands in the function that awaits [`begin`].
#[vthread]
pub fn pause() {
    let mut is_over = false;
    poll_fn(|cx| {
        if is_over {
            return Poll::Ready(());
        }
        is_over = true;
        if !ROOT.get().is_null() {
            assert_eq!(ROOT.get(), cx.waker().data(), "the call blocks");
            COUNT.set(COUNT.get() + 1);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}
