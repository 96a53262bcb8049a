//! A notification without a value.

use super::waitlist::{Note, Place, Wait, WaitList};
use crate::base::wake::{WakeList, wake};
use crate::primitive::{Mutex, MutexGuard, const_unless_modelled};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::taking::checked_taking;
use crate::task::wait_reason::WaitReason;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Waker, ready};

/// Lets vthreads wait until another one notifies them.
///
/// A notification by [`notify_one`](Notify::notify_one) that finds no waiter is kept for the next
/// one: at most one is kept. So a loop that looks at some state, and waits when there is nothing to
/// do, misses no change that is made before a `notify_one`. With a [`Mutex`](super::Mutex) around
/// the state, a [`Condvar`](super::Condvar) does the same.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::Notify;
///
/// static CHANGED: Notify = Notify::new();
/// std::thread::spawn(|| CHANGED.notify_one());
/// CHANGED.notified().block(); // In #[vthread] code: CHANGED.notified()
/// ```
pub struct Notify {
    locked: Mutex<State>,
}

pub(crate) struct State {
    /// A notification that found no waiter. Only while the list is empty.
    is_kept: bool,
    /// `Granted` to a waiter by `notify_one`, `Attempt` by `notify_waiters`.
    waiters: WaitList,
}

impl Notify {
    const_unless_modelled! {
        /// Makes one without a notification.
        pub const fn new() -> Self {
            Notify {
                locked: Mutex::new(State { is_kept: false, waiters: WaitList::new() }),
            }
        }
    }

    /// Waits for a notification, or takes the one that was kept.
    ///
    /// # Suspends
    /// Always a checkpoint, and until it is notified.
    ///
    /// # Cancellation
    /// The wait ends. A notification by `notify_one` that came already goes to the next waiter, or
    /// is kept.
    pub fn notified(&self) -> Call<(), impl Future<Output = ()>> {
        Call::leaf(self.taken())
    }

    /// The frame of `notified`.
    pub(crate) async fn taken(&self) {
        let wait = pin!(Wait::new(self));
        poll_fn(move |cx| {
            let take = |cx: &mut Context<'_>| {
                wait.as_ref().poll(cx, |_, state, note| match note {
                    Some(_) => Some(()),
                    None => std::mem::take(&mut state.is_kept).then_some(()),
                })
            };
            checked_taking(cx, take, |()| true)
        })
        .await;
    }

    /// Waits until `look` finds something. It runs under the lock, so a change that is made before
    /// `notify_waiters` is not missed.
    pub(super) async fn until<T>(&self, look: impl Fn() -> Option<T>) -> T {
        let wait = pin!(Wait::new(self));
        poll_fn(move |cx| {
            ready!(checkpoint(cx));
            wait.as_ref().poll(cx, |_, _, _| look())
        })
        .await
    }

    /// Notifies one waiter, the one that has waited longest; without a waiter, the notification is
    /// kept for the next one. Never waits, never a checkpoint.
    pub fn notify_one(&self) {
        let next = self.locked.lock().notify_one();
        next.into_iter().for_each(wake);
    }

    /// Notifies all waiters. No notification is kept. Never waits, never a checkpoint.
    ///
    /// A `notified()` that has not been polled yet is not among them: if the state may change
    /// before that, check it in a loop, or use a [`watch`](super::watch).
    pub fn notify_waiters(&self) {
        let mut woken = WakeList::default();
        woken.extend(self.locked.lock().waiters.notify_all());
        woken.wake_all();
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("notified") }> for Notify {}

impl State {
    fn notify_one(&mut self) -> Option<Waker> {
        if self.waiters.is_empty() {
            self.is_kept = true;
            return None;
        }
        self.waiters.notify(Note::Granted)
    }
}

impl Place for &Notify {
    const DOING: WaitReason = WaitReason::AwaitingNotification;

    type State = State;

    fn lock(&self) -> MutexGuard<'_, State> {
        self.locked.lock()
    }

    fn waiters(state: &mut State) -> &mut WaitList {
        &mut state.waiters
    }

    fn pass_on(&self, state: &mut State, note: Note) -> Option<Waker> {
        match note {
            Note::Granted => state.notify_one(),
            // All were notified.
            Note::Attempt => None,
        }
    }
}

impl Default for Notify {
    fn default() -> Self {
        Notify::new()
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notify").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::manual_poll::by_hand;

    #[test]
    fn one_notification_is_kept() {
        let notify = Notify::new();
        notify.notify_one();
        notify.notify_one();
        notify.notified().block();
        let mut second = by_hand(notify.notified());
        assert!(second.poll().is_none());
        notify.notify_one();
        assert_eq!((second.woken(), second.poll()), (1, Some(())));
        assert!(by_hand(notify.notified()).poll().is_none());
    }

    #[test]
    fn waiters_are_notified_in_order() {
        let notify = Notify::new();
        let mut waiting = [(); 3].map(|()| {
            let mut hand = by_hand(notify.notified());
            assert!(hand.poll().is_none());
            hand
        });
        notify.notify_one();
        assert_eq!(waiting.each_ref().map(|hand| hand.woken()), [1, 0, 0]);
        notify.notify_waiters();
        assert_eq!(waiting.each_ref().map(|hand| hand.woken()), [1, 1, 1]);
        assert!(waiting.iter_mut().all(|hand| hand.poll().is_some()));
        assert!(by_hand(notify.notified()).poll().is_none(), "none is kept");
    }

    #[test]
    fn a_notified_waiter_that_goes_passes_it_on_or_keeps_it() {
        let notify = Notify::new();
        let (mut first, mut second) = (by_hand(notify.notified()), by_hand(notify.notified()));
        assert!(first.poll().is_none() && second.poll().is_none());
        notify.notify_one();
        drop(first);
        assert_eq!(second.woken(), 1);
        drop(second);
        assert_eq!(by_hand(notify.notified()).poll(), Some(()));
    }

    #[test]
    fn what_all_were_told_is_not_passed_on() {
        let notify = Notify::new();
        let mut first = by_hand(notify.notified());
        assert!(first.poll().is_none());
        notify.notify_waiters();
        let mut later = by_hand(notify.notified());
        assert!(later.poll().is_none());
        drop(first);
        assert_eq!((later.woken(), later.poll()), (0, None));
    }
}

#[cfg(all(test, loom))]
mod model {
    use super::*;
    use crate::primitive::{Arc, block_on, thread};

    fn notified(notify: &Notify, n_polls: usize) -> bool {
        let wait = pin!(Wait::new(notify));
        let mut polls_left = n_polls;
        block_on(poll_fn(|cx| {
            polls_left -= 1;
            let polled = wait.as_ref().poll(cx, |_, state, note| match note {
                Some(_) => Some(true),
                None => std::mem::take(&mut state.is_kept).then_some(true),
            });
            match polled {
                std::task::Poll::Pending if polls_left == 0 => std::task::Poll::Ready(false),
                polled => polled,
            }
        }))
    }

    /// A waiter that goes away, perhaps notified, and one that stays: one notification serves the
    /// latter.
    #[test]
    fn loom_notify_no_notification_is_lost() {
        loom::model(|| {
            let notify = Arc::new(Notify::new());
            let goer = {
                let notify = notify.clone();
                thread::spawn(move || notified(&notify, 1))
            };
            let notifier = {
                let notify = notify.clone();
                thread::spawn(move || notify.notify_one())
            };
            let has_taken = goer.join().unwrap();
            notifier.join().unwrap();
            assert_eq!(notify.locked.lock().is_kept, !has_taken);
        });
    }

    #[test]
    fn loom_notify_two_waiters_two_notifications() {
        loom::model(|| {
            let notify = Arc::new(Notify::new());
            let waiter = {
                let notify = notify.clone();
                thread::spawn(move || notified(&notify, usize::MAX))
            };
            notify.notify_one();
            assert!(waiter.join().unwrap());
            assert!(!notify.locked.lock().is_kept);
        });
    }
}
