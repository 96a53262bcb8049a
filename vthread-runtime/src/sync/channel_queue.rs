//! The inside of a channel: the messages, and those who wait for room or for a message.

use super::waitlist::{Note, Place, WaitList};
use crate::base::wake::{WakeList, wake};
use crate::primitive::{Mutex, MutexGuard};
use crate::task::wait_reason::Doing;
use std::collections::VecDeque;
use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};
use std::task::Waker;

/// How many messages a channel has room for before it allocates again, at most.
const INITIAL_ROOM: usize = 32;

/// What the two sides of a channel share.
#[derive(Debug)]
pub(super) struct Queue<T> {
    bound: usize,
    locked: Mutex<Locked<T>>,
}

/// The state of a channel.
pub(super) struct Locked<T> {
    messages: VecDeque<T>,
    /// Room that is kept for messages to come.
    n_reserved: usize,
    /// Those who wait for room. While there is room, as many are notified as there is room, or nobody waits.
    sending: WaitList,
    /// Those who wait for a message. As many are notified as there are messages, or nobody waits.
    receiving: WaitList,
    n_senders: usize,
    n_receivers: usize,
}

impl<T> Queue<T> {
    /// A queue with one sender and one receiver.
    pub(super) fn new(bound: usize) -> Self {
        let locked = Locked {
            messages: VecDeque::with_capacity(bound.min(INITIAL_ROOM)),
            n_reserved: 0,
            sending: WaitList::new(),
            receiving: WaitList::new(),
            n_senders: 1,
            n_receivers: 1,
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

    /// Whether one side is gone.
    pub(super) fn is_closed(&self) -> bool {
        let locked = self.locked.lock();
        locked.n_senders == 0 || locked.n_receivers == 0
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
        drop(locked);
        match received {
            Some(received) => received
                .settle()
                .map_err(|RecvError| TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    /// An attempt to send, under the lock. None: there is no room, and the message is still there.
    fn send(&self, locked: &mut Locked<T>, message: &mut Option<T>) -> Option<Settled<(), T>> {
        if locked.n_receivers == 0 {
            return Some(Settled {
                result: Err(message.take()?),
                next: None,
            });
        }
        if !self.has_room(locked) {
            return None;
        }
        locked.messages.push_back(message.take()?);
        Some(Settled {
            result: Ok(()),
            next: locked.receiving.notify(Note::Attempt),
        })
    }

    /// Whether another message may come.
    fn has_room(&self, locked: &Locked<T>) -> bool {
        // Neither is more than the bound, which may be `usize::MAX` itself.
        locked.n_reserved < self.bound - locked.messages.len()
    }

    /// Sends `message` into the room that was kept for it.
    pub(super) fn send_reserved(&self, message: T) -> Result<(), SendError<T>> {
        let mut locked = self.locked.lock();
        locked.n_reserved -= 1;
        if locked.n_receivers == 0 {
            return Err(SendError(message));
        }
        locked.messages.push_back(message);
        let next = locked.receiving.notify(Note::Attempt);
        drop(locked);
        next.into_iter().for_each(wake);
        Ok(())
    }

    /// Gives up the room that was kept for a message.
    pub(super) fn give_up(&self) {
        let mut locked = self.locked.lock();
        locked.n_reserved -= 1;
        let next = locked.sending.notify(Note::Attempt);
        drop(locked);
        next.into_iter().for_each(wake);
    }

    pub(super) fn add_sender(&self) {
        self.locked.lock().n_senders += 1;
    }

    pub(super) fn add_receiver(&self) {
        self.locked.lock().n_receivers += 1;
    }

    /// One sender is gone. With the last one, those who wait for a message wait in vain.
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

    /// One receiver is gone. With the last one, nobody will take the messages: they are dropped.
    pub(super) fn remove_receiver(&self) {
        let mut woken = WakeList::default();
        let mut messages = VecDeque::new();
        let mut locked = self.locked.lock();
        locked.n_receivers -= 1;
        if locked.n_receivers == 0 {
            woken.extend(locked.sending.notify_all());
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
                next: self.sending.notify(Note::Attempt),
            }),
            None if self.n_senders == 0 => Some(Settled {
                result: Err(RecvError),
                next: None,
            }),
            None => None,
        }
    }
}

/// The result of an attempt under the lock, and who is to be woken after it.
#[must_use]
pub(super) struct Settled<T, E> {
    result: Result<T, E>,
    next: Option<Waker>,
}

impl<T, E> Settled<T, E> {
    /// Wakes, outside the lock, and gives the result.
    pub(super) fn settle(self) -> Result<T, E> {
        self.next.into_iter().for_each(wake);
        self.result
    }
}

/// Where senders wait for room.
#[derive(Debug)]
pub(super) struct Room<'q, T>(pub(super) &'q Queue<T>);

impl<T> Room<'_, T> {
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

    /// An attempt to keep room for one message.
    pub(super) fn reserve(&self, locked: &mut Locked<T>) -> Option<Settled<(), SendError<()>>> {
        if locked.n_receivers > 0 {
            if !self.0.has_room(locked) {
                return None;
            }
            locked.n_reserved += 1;
        }
        Some(Settled {
            result: match locked.n_receivers {
                0 => Err(SendError(())),
                _ => Ok(()),
            },
            next: None,
        })
    }
}

impl<T> Place for Room<'_, T> {
    const DOING: Doing = Doing::Sending;

    type State = Locked<T>;

    fn lock(&self) -> MutexGuard<'_, Locked<T>> {
        self.0.locked.lock()
    }

    fn waiters(locked: &mut Locked<T>) -> &mut WaitList {
        &mut locked.sending
    }

    fn pass_on(&self, locked: &mut Locked<T>, note: Note) -> Option<Waker> {
        if self.0.has_room(locked) {
            locked.sending.notify(note)
        } else {
            None
        }
    }
}

/// Where receivers wait for messages.
#[derive(Debug)]
pub(super) struct Messages<'q, T>(pub(super) &'q Queue<T>);

impl<T> Messages<'_, T> {
    pub(super) fn receive(locked: &mut Locked<T>) -> Option<Settled<T, RecvError>> {
        locked.receive()
    }
}

impl<T> Place for Messages<'_, T> {
    const DOING: Doing = Doing::Receiving;

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
