//! An action that is done once.

use super::once_lock::OnceLock;
use crate::primitive::{AtomicBool, Ordering, const_unless_modelled};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::wait_for::Site;
use std::fmt;
use std::future::Future;
use std::panic::Location;

/// An action that is done once, by the first vthread that asks for it. The others wait meanwhile.
///
/// As [`std::sync::Once`], but waiting for it suspends, and there is no poisoning: if the action
/// panics, the next vthread that asks does it.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::Once;
///
/// static STARTED: Once = Once::new();
/// STARTED.call_once(|| println!("starting")).block(); // In #[vthread] code without the .block()
/// STARTED.call_once(|| unreachable!()).block();
/// assert!(STARTED.is_completed());
/// ```
#[derive(Default)]
pub struct Once {
    done: OnceLock<()>,
    /// Whether the last attempt has panicked. Changed by one at a time: the one that does the work.
    has_panicked: AtomicBool,
}

/// What an action of [`Once::call_once_force`] is told.
#[derive(Debug)]
pub struct OnceState {
    is_poisoned: bool,
}

impl OnceState {
    /// Whether an earlier action has panicked, and may have left things half done.
    pub fn is_poisoned(&self) -> bool {
        self.is_poisoned
    }
}

impl Once {
    const_unless_modelled! {
        /// Makes one that has not been done.
        pub const fn new() -> Self {
            Once {
                done: OnceLock::new(),
                has_panicked: AtomicBool::new(false),
            }
        }
    }

    /// Calls `work` unless that has been done; waits while another vthread does it.
    ///
    /// `work` is plain code: the vthread functions that it calls block.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread calls its `work`.
    ///
    /// # Cancellation
    /// The wait ends. If it was to do the work, the next waiter does.
    ///
    /// # Panics
    /// If `work` does. A `work` that calls its own `call_once` waits forever.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, work: F) -> Call<(), impl Future<Output = ()>> {
        self.calling(|_| work(), Location::caller())
    }

    /// As [`call_once`](Once::call_once), and tells `work` whether an earlier one has panicked.
    /// (`call_once` works after a panic as well: there is no poisoning here.)
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread calls its `work`.
    ///
    /// # Cancellation
    /// The wait ends. If it was to do the work, the next waiter does.
    ///
    /// # Panics
    /// If `work` does. A `work` that calls its own `call_once` waits forever.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::Once;
    ///
    /// static READY: Once = Once::new();
    /// let first = std::panic::catch_unwind(|| READY.call_once(|| panic!()).block());
    /// assert!(first.is_err());
    /// READY.call_once_force(|state| assert!(state.is_poisoned())).block();
    /// assert!(READY.is_completed());
    /// ```
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(
        &self,
        work: F,
    ) -> Call<(), impl Future<Output = ()>> {
        self.calling(work, Location::caller())
    }

    fn calling(
        &self,
        work: impl FnOnce(&OnceState),
        site: Site,
    ) -> Call<(), impl Future<Output = ()>> {
        let work = || {
            let is_poisoned = self.has_panicked.swap(true, Ordering::Relaxed);
            work(&OnceState { is_poisoned });
            self.has_panicked.store(false, Ordering::Relaxed);
        };
        let done = self.done.getting(work, site);
        Call::leaf(async move {
            done.await;
        })
    }

    /// Returns whether it has been done. Never waits, never a checkpoint.
    pub fn is_completed(&self) -> bool {
        self.done.get().is_some()
    }

    /// Waits until it has been done. It does not do it.
    ///
    /// # Suspends
    /// Always a checkpoint, and until it has been done.
    ///
    /// # Cancellation
    /// The wait ends.
    pub fn wait(&self) -> Call<(), impl Future<Output = ()>> {
        Call::leaf(async move {
            self.done.waited().await;
        })
    }

    /// As [`wait`](Once::wait): an action that panicked is no end of the wait for either.
    ///
    /// # Suspends
    /// Always a checkpoint, and until it is done.
    ///
    /// # Cancellation
    /// The wait ends.
    pub fn wait_force(&self) -> Call<(), impl Future<Output = ()>> {
        self.wait()
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("call_once") }> for Once {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("call_once_force") }> for Once {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("wait") }> for Once {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("wait_force") }> for Once {}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::manual_poll::by_hand;
    use super::*;

    #[test]
    fn waiters_go_on_when_it_is_done() {
        let (once, mut n) = (Once::new(), 0);
        let mut waiting = by_hand(once.wait());
        assert!(waiting.poll().is_none() && !once.is_completed());
        once.call_once(|| n += 1).block();
        assert_eq!((waiting.woken(), waiting.poll()), (1, Some(())));
        once.call_once(|| n += 1).block();
        once.wait().block();
        once.wait_force().block();
        assert_eq!(n, 1);
    }

    #[test]
    fn a_panic_leaves_it_to_the_next() {
        let once = Once::new();
        let panicked = std::panic::catch_unwind(|| {
            once.call_once(|| std::panic::resume_unwind(Box::new(())))
                .block();
        });
        assert!(panicked.is_err() && !once.is_completed());
        once.call_once_force(|state| assert!(state.is_poisoned()))
            .block();
        assert!(once.is_completed());
        once.call_once_force(|_| unreachable!()).block();
        let other = Once::new();
        other
            .call_once_force(|state| assert!(!state.is_poisoned()))
            .block();
    }
}
