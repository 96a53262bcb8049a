//! A channel whose receivers each get every message.

use super::SendError;
use super::waitlist::{Note, Place, Wait, WaitList, copied_places};
use crate::base::wake::WakeList;
use crate::primitive::{Mutex, MutexGuard};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::taking::checked_taking;
use crate::task::wait_for::leak;
use crate::task::wait_reason::WaitReason;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker, ready};

/// Makes a channel whose receivers each get every message sent after they were made. It keeps the
/// last `capacity` messages: a receiver that is further behind misses the oldest ones, and learns
/// how many.
///
/// Sending never waits. A message is dropped when all receivers have it.
///
/// # Panics
/// If `capacity` is 0.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::broadcast;
///
/// let (tx, first) = broadcast(16);
/// let second = tx.subscribe();
/// tx.send("hello").unwrap();
/// assert_eq!(first.recv().block(), Ok("hello")); // In #[vthread] code: first.recv()?
/// assert_eq!(second.recv().block(), Ok("hello"));
/// ```
#[track_caller]
pub fn broadcast<T>(capacity: usize) -> (BroadcastSender<T>, BroadcastReceiver<T>) {
    assert!(
        capacity > 0,
        "vthread::sync::broadcast: the capacity must be at least 1"
    );
    let shared = Arc::new(Shared {
        capacity,
        locked: Mutex::new(State {
            slots: VecDeque::new(),
            first: 0,
            n_senders: 1,
            n_receivers: 1,
            receiving: WaitList::new(),
            closing: WaitList::new(),
        }),
    });
    let receiver = BroadcastReceiver {
        shared: shared.clone(),
        next: Mutex::new(0),
    };
    (BroadcastSender { shared }, receiver)
}

/// The sending half of a [`broadcast`] channel.
pub struct BroadcastSender<T> {
    shared: Arc<Shared<T>>,
}

/// A receiver of a [`broadcast`] channel. Vthreads that share one divide the messages between them.
pub struct BroadcastReceiver<T> {
    shared: Arc<Shared<T>>,
    /// The number of the next message. Changed under the lock of the channel.
    next: Mutex<u64>,
}

/// The reason why a receiver of a [`broadcast`] channel gets no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroadcastRecvError {
    /// So many messages were dropped because the receiver was behind. The next call returns the
    /// oldest that is kept.
    Lagged(u64),
    /// All senders are gone, and every message has been received.
    Closed,
}

/// The reason why [`BroadcastReceiver::try_recv`] returns no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryBroadcastRecvError {
    /// There is no message now.
    Empty,
    /// See [`BroadcastRecvError::Lagged`].
    Lagged(u64),
    /// See [`BroadcastRecvError::Closed`].
    Closed,
}

struct Shared<T> {
    capacity: usize,
    locked: Mutex<State<T>>,
}

struct State<T> {
    /// The messages that are kept, oldest first.
    slots: VecDeque<Slot<T>>,
    /// The number of the message in the first slot.
    first: u64,
    n_senders: usize,
    n_receivers: usize,
    /// Receivers that wait for a message. All are notified of each.
    receiving: WaitList,
    /// Senders that wait until no receiver is left.
    closing: WaitList,
}

/// A message, which is cloned outside the lock.
struct Slot<T> {
    message: Arc<T>,
    /// How many receivers have not taken it yet.
    n_missing: usize,
}

impl<T> BroadcastSender<T> {
    /// Sends `message` to all receivers, and returns how many there are. Never waits, never a
    /// checkpoint.
    ///
    /// # Errors
    /// There is no receiver. The error holds the message.
    pub fn send(&self, message: T) -> Result<usize, SendError<T>> {
        leak::<T>();
        let mut woken = WakeList::default();
        let mut state = self.shared.locked.lock();
        let n_receivers = state.n_receivers;
        if n_receivers == 0 {
            drop(state);
            return Err(SendError(message));
        }
        let mut oldest = None;
        if state.slots.len() == self.shared.capacity {
            oldest = state.slots.pop_front();
            state.first += 1;
        }
        state.slots.push_back(Slot {
            message: Arc::new(message),
            n_missing: n_receivers,
        });
        woken.extend(state.receiving.notify_all());
        drop(state);
        woken.wake_all();
        drop(oldest);
        Ok(n_receivers)
    }

    /// Makes a new receiver, of the messages that are sent from now on.
    pub fn subscribe(&self) -> BroadcastReceiver<T> {
        let mut state = self.shared.locked.lock();
        state.n_receivers += 1;
        BroadcastReceiver {
            shared: self.shared.clone(),
            next: Mutex::new(state.end()),
        }
    }

    /// Returns the number of receivers.
    pub fn receiver_count(&self) -> usize {
        self.shared.locked.lock().n_receivers
    }

    /// Returns the number of messages that are kept because a receiver has not taken them yet.
    pub fn len(&self) -> usize {
        self.shared.locked.lock().slots.len()
    }

    /// Returns whether all receivers have taken all messages.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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

impl<T: Clone> BroadcastReceiver<T> {
    /// Waits for the next message, and clones it.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there is no message.
    ///
    /// # Cancellation
    /// Cancelled means not received: the message is still this receiver's next one.
    ///
    /// # Errors
    /// [`Lagged`](BroadcastRecvError::Lagged) if messages were missed,
    /// [`Closed`](BroadcastRecvError::Closed) at the end.
    ///
    /// # Panics
    /// If the message's `clone` does. The message counts as received.
    pub fn recv(
        &self,
    ) -> Call<Result<T, BroadcastRecvError>, impl Future<Output = Result<T, BroadcastRecvError>>>
    {
        Call::leaf(async move {
            let wait = pin!(Wait::new(Receiving(&self.shared)));
            let received = poll_fn(move |cx| {
                let receive = |cx: &mut Context<'_>| {
                    wait.as_ref()
                        .poll(cx, |_, state, _| match self.take(state) {
                            Err(TryBroadcastRecvError::Empty) => None,
                            Err(TryBroadcastRecvError::Lagged(n)) => {
                                Some(Err(BroadcastRecvError::Lagged(n)))
                            }
                            Err(TryBroadcastRecvError::Closed) => {
                                Some(Err(BroadcastRecvError::Closed))
                            }
                            Ok(message) => Some(Ok(message)),
                        })
                };
                // That messages were missed is told once.
                let has_taken =
                    |result: &Result<_, _>| !matches!(result, Err(BroadcastRecvError::Closed));
                checked_taking(cx, receive, has_taken)
            })
            .await;
            received.map(Arc::unwrap_or_clone)
        })
    }

    /// Takes the next message if there is one. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// There is none, messages were missed, or none will come.
    pub fn try_recv(&self) -> Result<T, TryBroadcastRecvError> {
        let taken = self.take(&mut self.shared.locked.lock());
        taken.map(Arc::unwrap_or_clone)
    }
}

impl<T> BroadcastReceiver<T> {
    /// Makes a new receiver of the messages that are sent from now on.
    pub fn resubscribe(&self) -> Self {
        let mut state = self.shared.locked.lock();
        state.n_receivers += 1;
        BroadcastReceiver {
            shared: self.shared.clone(),
            next: Mutex::new(state.end()),
        }
    }

    /// Returns how many messages this receiver has not taken, including those that it has missed.
    pub fn len(&self) -> u64 {
        let state = self.shared.locked.lock();
        state.end() - *self.next.lock()
    }

    /// Returns whether it has taken all messages.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the next message, under the lock of the channel.
    fn take(&self, state: &mut State<T>) -> Result<Arc<T>, TryBroadcastRecvError> {
        let mut next = self.next.lock();
        if *next < state.first {
            let n_missed = state.first - *next;
            *next = state.first;
            return Err(TryBroadcastRecvError::Lagged(n_missed));
        }
        if *next == state.end() {
            return Err(match state.n_senders {
                0 => TryBroadcastRecvError::Closed,
                _ => TryBroadcastRecvError::Empty,
            });
        }
        let slot = &mut state.slots[(*next - state.first) as usize];
        let message = slot.message.clone();
        slot.n_missing -= 1;
        *next += 1;
        if slot.n_missing == 0 {
            // A receiver that misses a message misses all later ones, so this is the first slot.
            // The message itself is not dropped here: the clone above is left.
            state.slots.pop_front();
            state.first += 1;
        }
        Ok(message)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("closed") }> for BroadcastSender<T> {}
#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("recv") }> for BroadcastReceiver<T> {}

impl<T> State<T> {
    /// The number of the next message to be sent.
    fn end(&self) -> u64 {
        self.first + self.slots.len() as u64
    }

    /// Removes the messages that no receiver misses, to be dropped outside the lock.
    fn pop_taken(&mut self) -> Vec<Arc<T>> {
        let mut taken = Vec::new();
        while self.slots.front().is_some_and(|slot| slot.n_missing == 0) {
            taken.extend(self.slots.pop_front().map(|slot| slot.message));
            self.first += 1;
        }
        taken
    }
}

/// The place where receivers wait for a message.
struct Receiving<'s, T>(&'s Shared<T>);

/// The place where senders wait for the end of the receivers.
struct Closing<'s, T>(&'s Shared<T>);

copied_places! { Receiving Closing }

impl<T> Place for Receiving<'_, T> {
    const DOING: WaitReason = WaitReason::Receiving;

    type State = State<T>;

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.locked.lock()
    }

    fn waiters(state: &mut State<T>) -> &mut WaitList {
        &mut state.receiving
    }

    fn pass_on(&self, state: &mut State<T>, note: Note) -> Option<Waker> {
        // All were notified; but of two that share a receiver, one may have been notified in vain.
        state.receiving.notify(note)
    }
}

impl<T> Place for Closing<'_, T> {
    const DOING: WaitReason = WaitReason::Sending;

    type State = State<T>;

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.locked.lock()
    }

    fn waiters(state: &mut State<T>) -> &mut WaitList {
        &mut state.closing
    }

    fn pass_on(&self, _: &mut State<T>, _: Note) -> Option<Waker> {
        // All were notified.
        None
    }
}

impl<T> Clone for BroadcastSender<T> {
    fn clone(&self) -> Self {
        self.shared.locked.lock().n_senders += 1;
        BroadcastSender {
            shared: self.shared.clone(),
        }
    }
}

impl<T> Drop for BroadcastSender<T> {
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

impl<T> Drop for BroadcastReceiver<T> {
    fn drop(&mut self) {
        let mut woken = WakeList::default();
        let mut state = self.shared.locked.lock();
        let next = (*self.next.lock()).max(state.first);
        let n_taken = (next - state.first) as usize;
        for slot in state.slots.iter_mut().skip(n_taken) {
            slot.n_missing -= 1;
        }
        let dropped = state.pop_taken();
        state.n_receivers -= 1;
        if state.n_receivers == 0 {
            woken.extend(state.closing.notify_all());
        }
        drop(state);
        woken.wake_all();
        drop(dropped);
    }
}

impl fmt::Display for BroadcastRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BroadcastRecvError::Lagged(n) => write!(f, "the receiver has missed {n} messages"),
            BroadcastRecvError::Closed => f.write_str("receiving on a closed channel"),
        }
    }
}

impl fmt::Display for TryBroadcastRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TryBroadcastRecvError::Empty => f.write_str("receiving on an empty channel"),
            TryBroadcastRecvError::Lagged(n) => BroadcastRecvError::Lagged(*n).fmt(f),
            TryBroadcastRecvError::Closed => BroadcastRecvError::Closed.fmt(f),
        }
    }
}

impl Error for BroadcastRecvError {}
impl Error for TryBroadcastRecvError {}

impl<T> fmt::Debug for BroadcastSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BroadcastSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for BroadcastReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BroadcastReceiver").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
#[path = "broadcast_tests.rs"]
mod tests;

#[cfg(all(test, loom))]
mod model {
    use super::*;
    use crate::primitive::{Arc as ModelArc, block_on, thread};

    fn receive(rx: &BroadcastReceiver<u8>) -> Result<u8, TryBroadcastRecvError> {
        let wait = pin!(Wait::new(Receiving(&rx.shared)));
        block_on(poll_fn(|cx| {
            wait.as_ref().poll(cx, |_, state, _| match rx.take(state) {
                Err(TryBroadcastRecvError::Empty) => None,
                taken => Some(taken.map(|message| *message)),
            })
        }))
    }

    /// Two receivers, of which one goes: the other gets the message, and then the end.
    #[test]
    fn loom_broadcast_every_receiver_gets_the_message() {
        loom::model(|| {
            let (tx, rx) = broadcast(1);
            let goer = tx.subscribe();
            let rx = ModelArc::new(rx);
            let receiver = {
                let rx = rx.clone();
                thread::spawn(move || {
                    assert_eq!(receive(&rx), Ok(1));
                    assert_eq!(receive(&rx), Err(TryBroadcastRecvError::Closed));
                })
            };
            let leaver = thread::spawn(move || drop(goer));
            tx.send(1).unwrap();
            drop(tx);
            receiver.join().unwrap();
            leaver.join().unwrap();
            assert!(rx.shared.locked.lock().slots.is_empty());
        });
    }
}
