//! A value that is watched: receivers see the latest one, and wait for the next.

use super::waitlist::{Note, Place, Wait, WaitList, copied_places};
use super::{RecvError, SendError};
use crate::base::wake::WakeList;
use crate::primitive::{Mutex, MutexGuard};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::taking::{checked_taking, taking};
use crate::task::wait_for::leak;
use crate::task::wait_reason::WaitReason;
use parking_lot::{RwLock, RwLockReadGuard};
use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

/// Makes a channel that holds one value, the latest. Receivers may miss values that were replaced
/// before they looked, never the last one.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::watch;
///
/// let (level, mut watcher) = watch(1);
/// assert_eq!(*watcher.borrow(), 1);
/// std::thread::spawn(move || level.send(2).unwrap());
/// watcher.changed().block().unwrap(); // In #[vthread] code: watcher.changed()?
/// assert_eq!(*watcher.borrow_and_update(), 2);
/// assert!(watcher.changed().block().is_err(), "the sender is gone");
/// ```
pub fn watch<T>(value: T) -> (WatchSender<T>, WatchReceiver<T>) {
    let shared = Arc::new(Shared {
        value: RwLock::new(value),
        locked: Mutex::new(State {
            version: 0,
            n_senders: 1,
            n_receivers: 1,
            receiving: WaitList::new(),
            closing: WaitList::new(),
        }),
    });
    let sender = WatchSender {
        shared: shared.clone(),
    };
    (sender, WatchReceiver { shared, seen: 0 })
}

/// The sending half of a [`watch`] channel.
pub struct WatchSender<T> {
    shared: Arc<Shared<T>>,
}

/// The receiving half of a [`watch`] channel. Each clone remembers by itself which value it has
/// seen.
pub struct WatchReceiver<T> {
    shared: Arc<Shared<T>>,
    /// The version that was seen last.
    seen: u64,
}

/// The value of a [`watch`] channel, borrowed. The value cannot be replaced while this lives: drop
/// it soon, and before the next suspension.
#[must_use]
pub struct WatchRef<'r, T> {
    value: RwLockReadGuard<'r, T>,
    has_changed: bool,
}

/// The state shared by the halves.
///
/// The version is raised under the write lock of the value. So a thread that holds the value for
/// reading reads the version that belongs to it.
struct Shared<T> {
    value: RwLock<T>,
    locked: Mutex<State>,
}

struct State {
    version: u64,
    n_senders: usize,
    n_receivers: usize,
    /// Receivers that wait for a change. All are notified of each.
    receiving: WaitList,
    /// Senders that wait until no receiver is left.
    closing: WaitList,
}

impl<T> WatchSender<T> {
    /// Replaces the value, and wakes the waiting receivers. Never a checkpoint.
    ///
    /// # Errors
    /// All receivers are gone. The error holds the value.
    /// ([`send_replace`](WatchSender::send_replace) stores it all the same.)
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        if self.is_closed() {
            return Err(SendError(value));
        }
        drop(self.send_replace(value));
        Ok(())
    }

    /// Replaces the value even if there is no receiver, and returns the old one.
    pub fn send_replace(&self, mut value: T) -> T {
        leak::<T>();
        self.send_if_modified(|old| {
            std::mem::swap(old, &mut value);
            true
        });
        value
    }

    /// Changes the value in place, and wakes the waiting receivers.
    ///
    /// # Panics
    /// If `modify` does. The value stays as it left it, and no receiver is notified.
    pub fn send_modify(&self, modify: impl FnOnce(&mut T)) {
        self.send_if_modified(|value| {
            modify(value);
            true
        });
    }

    /// As [`send_modify`](WatchSender::send_modify), if `modify` returns `true`; else the receivers
    /// are not notified. Returns the result of `modify`.
    ///
    /// # Panics
    /// If `modify` does.
    pub fn send_if_modified(&self, modify: impl FnOnce(&mut T) -> bool) -> bool {
        let mut woken = WakeList::default();
        let mut value = self.shared.value.write();
        if !modify(&mut value) {
            return false;
        }
        let mut state = self.shared.locked.lock();
        state.version += 1;
        woken.extend(state.receiving.notify_all());
        drop(state);
        drop(value);
        woken.wake_all();
        true
    }

    /// Borrows the value.
    pub fn borrow(&self) -> WatchRef<'_, T> {
        WatchRef {
            value: self.shared.value.read(),
            has_changed: false,
        }
    }

    /// Makes a new receiver, which has seen the current value.
    pub fn subscribe(&self) -> WatchReceiver<T> {
        let mut state = self.shared.locked.lock();
        state.n_receivers += 1;
        WatchReceiver {
            shared: self.shared.clone(),
            seen: state.version,
        }
    }

    /// Returns the number of receivers.
    pub fn receiver_count(&self) -> usize {
        self.shared.locked.lock().n_receivers
    }

    /// Returns whether all receivers are gone.
    pub fn is_closed(&self) -> bool {
        self.receiver_count() == 0
    }

    /// Waits until all receivers are gone.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there is a receiver.
    ///
    /// # Cancellation
    /// The wait ends.
    pub fn closed(&self) -> Call<(), impl Future<Output = ()>> {
        Call::leaf(async move {
            let wait = pin!(Wait::new(Closing(&self.shared)));
            poll_fn(move |cx| {
                ready!(checkpoint(cx));
                wait.as_ref()
                    .poll(cx, |_, state, _| (state.n_receivers == 0).then_some(()))
            })
            .await;
        })
    }
}

impl<T> WatchReceiver<T> {
    /// Borrows the latest value. It does not count as seen.
    pub fn borrow(&self) -> WatchRef<'_, T> {
        self.shared.borrow(self.seen).1
    }

    /// Borrows the latest value, which counts as seen from now on.
    pub fn borrow_and_update(&mut self) -> WatchRef<'_, T> {
        let (version, value) = self.shared.borrow(self.seen);
        self.seen = version;
        value
    }

    /// Returns whether there is a value that has not been seen.
    ///
    /// # Errors
    /// All senders are gone, and the last value has been seen.
    pub fn has_changed(&self) -> Result<bool, RecvError> {
        let state = self.shared.locked.lock();
        match state.version != self.seen {
            false if state.n_senders == 0 => Err(RecvError),
            has_changed => Ok(has_changed),
        }
    }

    /// Waits for a value that has not been seen. It counts as seen then.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the latest value has been seen.
    ///
    /// # Cancellation
    /// The wait ends, and nothing counts as seen.
    ///
    /// # Errors
    /// All senders are gone, and the last value has been seen.
    pub fn changed(
        &mut self,
    ) -> Call<Result<(), RecvError>, impl Future<Output = Result<(), RecvError>>> {
        Call::leaf(async move {
            self.seen = self.change_after(self.seen).await?;
            Ok(())
        })
    }

    /// Waits until `is_wanted` returns `true` for the value: for the current one, and for each that
    /// follows, unless it is replaced before.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the value is not wanted.
    ///
    /// # Cancellation
    /// The wait ends, and nothing counts as seen.
    ///
    /// # Errors
    /// All senders are gone, and the last value is not wanted.
    ///
    /// # Panics
    /// If `is_wanted` does.
    pub fn wait_for(
        &mut self,
        mut is_wanted: impl FnMut(&T) -> bool,
    ) -> Call<Result<(), RecvError>, impl Future<Output = Result<(), RecvError>>> {
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let mut seen = self.seen;
            loop {
                let (version, is_it) = {
                    let (version, value) = self.shared.borrow(seen);
                    (version, is_wanted(&value))
                };
                seen = version;
                if is_it {
                    break;
                }
                seen = self.change_after(seen).await?;
            }
            self.seen = poll_fn(|cx| taking(cx, |_| Poll::Ready(seen), |_| true)).await;
            Ok(())
        })
    }

    /// The version of a value that came after `seen`.
    async fn change_after(&self, seen: u64) -> Result<u64, RecvError> {
        let wait = pin!(Wait::new(Receiving(&self.shared)));
        poll_fn(move |cx| {
            let look = |cx: &mut Context<'_>| {
                wait.as_ref().poll(cx, |_, state, _| {
                    if state.version != seen {
                        Some(Ok(state.version))
                    } else if state.n_senders == 0 {
                        Some(Err(RecvError))
                    } else {
                        None
                    }
                })
            };
            checked_taking(cx, look, Result::is_ok)
        })
        .await
    }
}

#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("closed") }> for WatchSender<T> {}
#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("changed") }> for WatchReceiver<T> {}
#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("wait_for") }> for WatchReceiver<T> {}

impl<T> Shared<T> {
    /// The value and its version.
    fn borrow(&self, seen: u64) -> (u64, WatchRef<'_, T>) {
        let value = self.value.read();
        let version = self.locked.lock().version;
        let has_changed = version != seen;
        (version, WatchRef { value, has_changed })
    }
}

/// The place where receivers wait for a change.
struct Receiving<'s, T>(&'s Shared<T>);

/// The place where senders wait for the end of the receivers.
struct Closing<'s, T>(&'s Shared<T>);

copied_places! { Receiving Closing }

impl<T> Place for Receiving<'_, T> {
    const DOING: WaitReason = WaitReason::Receiving;

    type State = State;

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.locked.lock()
    }

    fn waiters(state: &mut State) -> &mut WaitList {
        &mut state.receiving
    }

    fn pass_on(&self, _: &mut State, _: Note) -> Option<Waker> {
        // All were notified.
        None
    }
}

impl<T> Place for Closing<'_, T> {
    const DOING: WaitReason = WaitReason::Sending;

    type State = State;

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.locked.lock()
    }

    fn waiters(state: &mut State) -> &mut WaitList {
        &mut state.closing
    }

    fn pass_on(&self, _: &mut State, _: Note) -> Option<Waker> {
        // All were notified.
        None
    }
}

impl<T> WatchRef<'_, T> {
    /// Returns whether the receiver had not seen this value when it was borrowed.
    pub fn has_changed(&self) -> bool {
        self.has_changed
    }
}

impl<T> Deref for WatchRef<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Clone for WatchSender<T> {
    fn clone(&self) -> Self {
        self.shared.locked.lock().n_senders += 1;
        WatchSender {
            shared: self.shared.clone(),
        }
    }
}

impl<T> Clone for WatchReceiver<T> {
    fn clone(&self) -> Self {
        self.shared.locked.lock().n_receivers += 1;
        WatchReceiver {
            shared: self.shared.clone(),
            seen: self.seen,
        }
    }
}

impl<T> Drop for WatchSender<T> {
    fn drop(&mut self) {
        let mut woken = WakeList::default();
        let mut state = self.shared.locked.lock();
        state.n_senders -= 1;
        if state.n_senders == 0 {
            woken.extend(state.receiving.notify_all());
        }
        drop(state);
        woken.wake_all();
    }
}

impl<T> Drop for WatchReceiver<T> {
    fn drop(&mut self) {
        let mut woken = WakeList::default();
        let mut state = self.shared.locked.lock();
        state.n_receivers -= 1;
        if state.n_receivers == 0 {
            woken.extend(state.closing.notify_all());
        }
        drop(state);
        woken.wake_all();
    }
}

impl<T: fmt::Debug> fmt::Debug for WatchSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WatchSender").field(&*self.borrow()).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for WatchReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WatchReceiver")
            .field(&*self.borrow())
            .finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for WatchRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(all(test, not(loom)))]
#[path = "watch_tests.rs"]
mod tests;

#[cfg(all(test, loom))]
mod model {
    use super::*;
    use crate::primitive::{block_on, thread};

    /// A receiver that waits while the last value is sent and the sender goes sees that value.
    #[test]
    fn loom_watch_the_last_value_is_seen() {
        loom::model(|| {
            let (tx, mut rx) = watch(0);
            let sender = thread::spawn(move || {
                tx.send(1).unwrap();
                drop(tx);
            });
            // loom does not model the value's own lock, so it is not borrowed while the sender
            // runs.
            assert_eq!(block_on(rx.changed().into_frame()), Ok(()));
            assert_eq!(block_on(rx.changed().into_frame()), Err(RecvError));
            sender.join().unwrap();
            assert_eq!(*rx.borrow(), 1);
        });
    }
}
