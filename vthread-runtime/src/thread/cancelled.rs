//! Whether the running code is cancelled.

use crate::base::unwind::CancelUnwind;
use crate::driver::blocking::caller_is_gone;
use crate::task::call::vthread_fn;
use crate::task::current::{self, Running};
use std::future::{Future, poll_fn};
use std::panic::resume_unwind;

/// Returns whether the running code is cancelled, so that it ends at its next suspension point.
/// Never waits.
///
/// It is for loops that compute, and for the work of [`blocking`](crate::blocking()) and
/// [`blocking_scoped`](crate::blocking_scoped()): there it tells whether the vthread that waits for
/// the result is cancelled.
///
/// In a `shield!` it tells whether the shield's body is cancelled, not the code around it.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// let sum = vthread::blocking(|| {
///     let mut sum = 0_u64;
///     for n in 0..1_000 {
///         if vthread::is_cancelled() {
///             break;
///         }
///         sum += n;
///     }
///     sum
/// });
/// assert_eq!(sum, 499_500);
/// ```
pub fn is_cancelled() -> bool {
    current::with(|running| running.is_some_and(Running::must_stop)) || caller_is_gone()
}

vthread_fn! {
    /// A suspension point and nothing else: ends the vthread if it is cancelled, and lets others
    /// run from time to time.
    ///
    /// In the work of [`blocking`](crate::blocking()) and
    /// [`blocking_scoped`](crate::blocking_scoped()) it ends the work by an unwind, if the vthread
    /// that waits for the result is cancelled.
    ///
    /// # Suspends
    /// Always a checkpoint, and if the vthread has gone on for long without a pause.
    ///
    /// # Cancellation
    /// The vthread ends here if it is cancelled.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// vthread::checkpoint();
    /// ```
    pub fn checkpoint = __vthread_checkpoint() -> () => impl Future<Output = ()> + Send {
        poll_fn(|cx| {
            if caller_is_gone() {
                resume_unwind(Box::new(CancelUnwind));
            }
            current::checkpoint(cx)
        })
    }
}
