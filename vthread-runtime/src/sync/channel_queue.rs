//! The inside of a channel: the messages, and the waiters for room or for a message.
//!
//! # Rendezvous
//! A channel of bound 0 has room for as many messages as there are waiting receivers that were not
//! notified. A message that is sent goes into the queue all the same, and a receiver is notified of
//! it: so a sender and a receiver each take their part of the exchange in a poll of their own, and
//! either may be cancelled between two polls without a loss. A receiver that goes away leaves the
//! message to the next one.
//!
//! Room appears when a receiver begins to wait, or waits again because another was quicker; then a
//! sender is notified (`receiver_waits`). A `try_recv` does not wait, and would never meet a
//! sender: if it finds one waiting, it asks for a message (`is_asked`), which makes room once.
//!
//! # Closing
//! A channel is closed explicitly, or when one side is gone. The messages in it, and those sent
//! through room that was reserved before, are still received: the receivers have reached the end
//! when there is neither.

use super::waitlist::{Note, Place, WaitList, copied_places};
use crate::base::wake::{WakeList, wake};
use crate::primitive::{Mutex, MutexGuard};
use crate::task::wait_reason::WaitReason;
use crate::task::waker::wake_claimed;
use std::collections::VecDeque;
use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};
use std::task::Waker;

/// The largest initial capacity of the queue of messages.
const INITIAL_ROOM: usize = 32;

/// The state shared by the two sides of a channel.
#[derive(Debug)]
pub(super) struct Queue<T> {
    bound: usize,
    locked: Mutex<Locked<T>>,
}

/// The state of a channel.
pub(super) struct Locked<T> {
    messages: VecDeque<T>,
    /// Room that is reserved for messages to come.
    n_reserved: usize,
    /// Waiters for room. While there is room, as many are notified as there is room, or there are
    /// no waiters.
    sending: WaitList,
    /// Waiters for a message. As many are notified as there are messages, or there are no waiters.
    receiving: WaitList,
    /// Senders that wait until the channel is closed.
    closing: WaitList,
    n_senders: usize,
    n_receivers: usize,
    /// Whether it was closed explicitly.
    is_shut: bool,
    is_rendezvous: bool,
    /// A `try_recv` has found a waiting sender, in a channel without room of its own.
    is_asked: bool,
}

impl<T> Queue<T> {
    /// A queue with one sender and one receiver.
    pub(super) fn new(bound: usize) -> Self {
        let locked = Locked {
            messages: VecDeque::with_capacity(bound.min(INITIAL_ROOM)),
            n_reserved: 0,
            sending: WaitList::new(),
            receiving: WaitList::new(),
            closing: WaitList::new(),
            n_senders: 1,
            n_receivers: 1,
            is_shut: false,
            is_rendezvous: bound == 0,
            is_asked: false,
        };
        Queue {
            bound,
            locked: Mutex::new(locked),
        }
    }

    pub(super) fn bound(&self) -> usize {
        self.bound
    }

    pub(super) fn len(&self) -> usize {
        self.locked.lock().messages.len()
    }

    /// Whether one side is gone, or it was closed explicitly.
    pub(super) fn is_closed(&self) -> bool {
        let locked = self.locked.lock();
        locked.n_senders == 0 || locked.rejects()
    }

    /// Closes it for new messages. Those in it can still be received.
    pub(super) fn close(&self) {
        let mut woken = WakeList::default();
        let mut locked = self.locked.lock();
        locked.is_shut = true;
        woken.extend(locked.sending.notify_all());
        woken.extend(locked.receiving.notify_all());
        woken.extend(locked.closing.notify_all());
        drop(locked);
        woken.wake_all();
    }

    /// Sends `message` if there is room.
    pub(super) fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let mut message = Some(message);
        let mut locked = self.locked.lock();
        let sent = self.send(&mut locked, &mut message);
        drop(locked);
        match (sent, message) {
            (Some(sent), _) => sent.settle().map_err(TrySendError::Disconnected),
            (None, message) => Err(TrySendError::Full(
                message.expect("what was not sent is still here"),
            )),
        }
    }

    /// Takes the first message, if there is one.
    pub(super) fn try_receive(&self) -> Result<T, TryRecvError> {
        let mut locked = self.locked.lock();
        let received = locked.receive();
        let asked = match received {
            None => locked.ask(),
            Some(_) => None,
        };
        drop(locked);
        asked.into_iter().for_each(wake);
        match received {
            Some(received) => received
                .settle()
                .map_err(|RecvError| TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    /// A receiver waits: in a channel of bound 0 that makes room for a message.
    #[inline]
    pub(super) fn receiver_waits(&self) {
        if self.bound == 0 {
            self.meet_a_sender();
        }
    }

    #[cold]
    fn meet_a_sender(&self) {
        let mut locked = self.locked.lock();
        let next = if locked.has_room(self.bound) {
            locked.sending.notify(Note::Attempt)
        } else {
            None
        };
        drop(locked);
        next.into_iter().for_each(wake);
    }

    /// An attempt to send, under the lock. None: there is no room, and the message is still there.
    #[inline]
    fn send(&self, locked: &mut Locked<T>, message: &mut Option<T>) -> Option<Settled<(), T>> {
        if locked.rejects() {
            return Some(Settled {
                result: Err(message.take()?),
                next: None,
            });
        }
        if !locked.has_room(self.bound) {
            return None;
        }
        locked.is_asked = false;
        locked.messages.push_back(message.take()?);
        Some(Settled {
            result: Ok(()),
            next: locked.receiving.notify(Note::Attempt),
        })
    }

    /// Sends `message` into the room that was reserved for it.
    pub(super) fn send_reserved(&self, message: T) -> Result<(), SendError<T>> {
        let mut locked = self.locked.lock();
        locked.n_reserved -= 1;
        if locked.n_receivers == 0 {
            return Err(SendError(message));
        }
        locked.messages.push_back(message);
        let next = locked.receiving.notify(Note::Attempt);
        let mut woken = WakeList::default();
        if locked.is_shut {
            // Those that do not get it find the end.
            woken.extend(locked.receiving.notify_all());
        }
        drop(locked);
        next.into_iter().for_each(wake);
        woken.wake_all();
        Ok(())
    }

    /// Gives up reserved room.
    pub(super) fn give_up(&self) {
        let mut woken = WakeList::default();
        let mut locked = self.locked.lock();
        locked.n_reserved -= 1;
        if locked.is_at_its_end() {
            woken.extend(locked.receiving.notify_all());
        }
        woken.extend(locked.sending.notify(Note::Attempt));
        drop(locked);
        woken.wake_all();
    }

    pub(super) fn add_sender(&self) {
        self.locked.lock().n_senders += 1;
    }

    /// Adds a sender, unless the last one is gone.
    pub(super) fn add_another_sender(&self) -> bool {
        let mut locked = self.locked.lock();
        let has_one = locked.n_senders > 0;
        locked.n_senders += usize::from(has_one);
        has_one
    }

    /// The number of senders.
    pub(super) fn n_senders(&self) -> usize {
        self.locked.lock().n_senders
    }

    /// The number of receivers.
    pub(super) fn n_receivers(&self) -> usize {
        self.locked.lock().n_receivers
    }

    pub(super) fn add_receiver(&self) {
        self.locked.lock().n_receivers += 1;
    }

    /// Removes a sender. With the last one, waiting receivers find the end.
    pub(super) fn remove_sender(&self) {
        let mut woken = WakeList::default();
        let mut locked = self.locked.lock();
        locked.n_senders -= 1;
        if locked.n_senders == 0 {
            woken.extend(locked.receiving.notify_all());
        }
        drop(locked);
        woken.wake_all();
    }

    /// Removes a receiver. With the last one, the messages are dropped, since none will take them.
    pub(super) fn remove_receiver(&self) {
        let mut woken = WakeList::default();
        let mut messages = VecDeque::new();
        let mut locked = self.locked.lock();
        locked.n_receivers -= 1;
        if locked.n_receivers == 0 {
            woken.extend(locked.sending.notify_all());
            woken.extend(locked.closing.notify_all());
            messages = std::mem::take(&mut locked.messages);
        }
        drop(locked);
        woken.wake_all();
        drop(messages);
    }
}

impl<T> Locked<T> {
    /// An attempt to receive. None: there is no message, but one may come.
    fn receive(&mut self) -> Option<Settled<T, RecvError>> {
        match self.messages.pop_front() {
            Some(message) => Some(Settled {
                result: Ok(message),
                next: self.room_after_a_message(),
            }),
            None if self.is_at_its_end() => Some(Settled {
                result: Err(RecvError),
                next: None,
            }),
            None => None,
        }
    }

    /// A message was taken: returns the sender that gets the room.
    #[inline]
    fn room_after_a_message(&mut self) -> Option<Waker> {
        // There, only waiting receivers make room.
        if self.is_rendezvous {
            return None;
        }
        self.sending.notify(Note::Attempt)
    }

    /// An attempt to receive up to `limit` messages. None: there is no message, but one may come.
    fn receive_many(
        &mut self,
        buf: &mut Vec<T>,
        limit: usize,
        woken: &mut WakeList,
    ) -> Option<usize> {
        let n = self.messages.len().min(limit);
        if n == 0 && limit > 0 && !self.is_at_its_end() {
            return None;
        }
        buf.extend(self.messages.drain(..n));
        for _ in 0..n {
            let Some(next) = self.room_after_a_message() else {
                break;
            };
            woken.push(next);
        }
        Some(n)
    }

    /// Whether another message may come.
    fn has_room(&self, bound: usize) -> bool {
        if bound == 0 {
            return self.receiving.has_more_than(self.n_reserved)
                || self.is_asked && self.messages.is_empty() && self.n_reserved == 0;
        }
        // Neither is more than the bound, which may be `usize::MAX` itself.
        self.n_reserved < bound - self.messages.len()
    }

    /// Asks a waiting sender, if there is one, for its message.
    fn ask(&mut self) -> Option<Waker> {
        if !self.is_rendezvous || self.sending.is_empty() {
            return None;
        }
        self.is_asked = true;
        self.sending.notify(Note::Attempt)
    }

    /// Whether it accepts no message.
    #[inline]
    fn rejects(&self) -> bool {
        self.n_receivers == 0 || self.is_shut
    }

    /// Whether it is empty and no message will come.
    #[inline]
    fn is_at_its_end(&self) -> bool {
        let no_more = self.n_senders == 0 || self.is_shut && self.n_reserved == 0;
        no_more && self.messages.is_empty()
    }
}

/// The result of an attempt under the lock, and the waiter to wake after it.
#[must_use]
pub(super) struct Settled<T, E> {
    result: Result<T, E>,
    next: Option<Waker>,
}

impl<T, E> Settled<T, E> {
    /// Wakes, outside the lock, and returns the result.
    #[inline]
    pub(super) fn settle(self) -> Result<T, E> {
        self.next.into_iter().for_each(wake_claimed);
        self.result
    }
}

copied_places! { Room Messages Closing }

/// The place where senders wait for room.
#[derive(Debug)]
pub(super) struct Room<'q, T>(pub(super) &'q Queue<T>);

impl<T> Room<'_, T> {
    #[inline]
    pub(super) fn send(
        &self,
        locked: &mut Locked<T>,
        message: &mut Option<T>,
    ) -> Option<Settled<(), SendError<T>>> {
        let Settled { result, next } = self.0.send(locked, message)?;
        Some(Settled {
            result: result.map_err(SendError),
            next,
        })
    }

    /// An attempt to reserve room for one message.
    pub(super) fn reserve(&self, locked: &mut Locked<T>) -> Option<Settled<(), SendError<()>>> {
        let result = if locked.rejects() {
            Err(SendError(()))
        } else if locked.has_room(self.0.bound) {
            locked.n_reserved += 1;
            Ok(())
        } else {
            return None;
        };
        Some(Settled { result, next: None })
    }
}

impl<T> Place for Room<'_, T> {
    const DOING: WaitReason = WaitReason::Sending;

    type State = Locked<T>;

    fn lock(&self) -> MutexGuard<'_, Locked<T>> {
        self.0.locked.lock()
    }

    fn waiters(locked: &mut Locked<T>) -> &mut WaitList {
        &mut locked.sending
    }

    fn pass_on(&self, locked: &mut Locked<T>, note: Note) -> Option<Waker> {
        let next = if locked.has_room(self.0.bound) {
            locked.sending.notify(note)
        } else {
            None
        };
        if next.is_none() {
            // The message that was asked for will not come.
            locked.is_asked = false;
        }
        next
    }
}

/// The place where receivers wait for messages.
#[derive(Debug)]
pub(super) struct Messages<'q, T>(pub(super) &'q Queue<T>);

impl<T> Messages<'_, T> {
    pub(super) fn receive(locked: &mut Locked<T>) -> Option<Settled<T, RecvError>> {
        locked.receive()
    }

    pub(super) fn receive_many(
        locked: &mut Locked<T>,
        buf: &mut Vec<T>,
        limit: usize,
        woken: &mut WakeList,
    ) -> Option<usize> {
        locked.receive_many(buf, limit, woken)
    }
}

impl<T> Place for Messages<'_, T> {
    const DOING: WaitReason = WaitReason::Receiving;

    type State = Locked<T>;

    fn lock(&self) -> MutexGuard<'_, Locked<T>> {
        self.0.locked.lock()
    }

    fn waiters(locked: &mut Locked<T>) -> &mut WaitList {
        &mut locked.receiving
    }

    fn pass_on(&self, locked: &mut Locked<T>, note: Note) -> Option<Waker> {
        if locked.messages.is_empty() {
            None
        } else {
            locked.receiving.notify(note)
        }
    }
}

/// The place where senders wait until the channel is closed.
#[derive(Debug)]
pub(super) struct Closing<'q, T>(pub(super) &'q Queue<T>);

impl<T> Closing<'_, T> {
    pub(super) fn is_closed(locked: &Locked<T>) -> Option<()> {
        locked.rejects().then_some(())
    }
}

impl<T> Place for Closing<'_, T> {
    const DOING: WaitReason = WaitReason::AwaitingNotification;

    type State = Locked<T>;

    fn lock(&self) -> MutexGuard<'_, Locked<T>> {
        self.0.locked.lock()
    }

    fn waiters(locked: &mut Locked<T>) -> &mut WaitList {
        &mut locked.closing
    }

    fn pass_on(&self, _: &mut Locked<T>, _: Note) -> Option<Waker> {
        // All were notified.
        None
    }
}

impl<T> std::fmt::Debug for Locked<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Locked {
            messages,
            n_senders,
            n_receivers,
            ..
        } = self;
        write!(
            f,
            "{} messages, {n_senders} senders, {n_receivers} receivers",
            messages.len()
        )
    }
}

#[cfg(all(test, loom))]
#[path = "channel_queue_loom.rs"]
mod model;

#[cfg(all(test, loom))]
#[path = "rendezvous_loom.rs"]
mod rendezvous_model;
