//! A channel for a single message.

use super::waitlist::{Note, Place, Wait, WaitList};
use super::{RecvError, SendError, TryRecvError};
use crate::base::wake::WakeList;
use crate::primitive::{Mutex, MutexGuard};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::taking::taking;
use crate::task::wait_for::leak;
use crate::task::wait_reason::WaitReason;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker, ready};

/// Makes a channel for one message, which is sent without waiting.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::oneshot;
///
/// let (tx, rx) = oneshot();
/// std::thread::spawn(|| tx.send("the answer").unwrap());
/// assert_eq!(rx.recv().block(), Ok("the answer")); // In #[vthread] code: rx.recv()
/// ```
pub fn oneshot<T>() -> (OneshotSender<T>, OneshotReceiver<T>) {
    let shared = Arc::new(Shared(Mutex::new(State {
        stage: Stage::Open,
        receiving: WaitList::new(),
    })));
    (
        OneshotSender {
            shared: shared.clone(),
        },
        OneshotReceiver { shared },
    )
}

/// The sending half of a [`oneshot`] channel.
pub struct OneshotSender<T> {
    shared: Arc<Shared<T>>,
}

/// The receiving half of a [`oneshot`] channel.
pub struct OneshotReceiver<T> {
    shared: Arc<Shared<T>>,
}

/// The state shared by the two halves.
struct Shared<T>(Mutex<State<T>>);

struct State<T> {
    stage: Stage<T>,
    /// All are notified when the channel is not open any more.
    receiving: WaitList,
}

enum Stage<T> {
    /// Nothing has been sent, and both halves are there.
    Open,
    /// The message waits for its receiver.
    Sent(T),
    /// The message has been received, or never will be.
    Closed,
}

impl<T> OneshotSender<T> {
    /// Sends the message. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// The receiver is gone. The error holds the message.
    pub fn send(self, message: T) -> Result<(), SendError<T>> {
        leak::<T>();
        self.shared
            .leave_open(Stage::Sent(message))
            .map_err(|stage| match stage {
                Stage::Sent(message) => SendError(message),
                _ => unreachable!("it comes back as it was"),
            })
    }

    /// Returns whether the receiver is gone: sending fails.
    pub fn is_closed(&self) -> bool {
        !matches!(self.shared.0.lock().stage, Stage::Open)
    }
}

impl<T> OneshotReceiver<T> {
    /// Waits for the message and takes it.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the message has been sent.
    ///
    /// # Cancellation
    /// Cancelled means not received: the message stays, and can be received later.
    ///
    /// # Errors
    /// The sender is gone and has sent nothing, or the message has been taken already.
    pub fn recv(&self) -> Call<Result<T, RecvError>, impl Future<Output = Result<T, RecvError>>> {
        Call::leaf(async move {
            let wait = pin!(Wait::new(&*self.shared));
            poll_fn(move |cx| {
                ready!(checkpoint(cx));
                let receive = |cx: &mut Context<'_>| {
                    wait.as_ref().poll(cx, |_, state, _| match state.take() {
                        Err(TryRecvError::Empty) => None,
                        taken => Some(taken.map_err(|_| RecvError)),
                    })
                };
                taking(cx, receive, Result::is_ok)
            })
            .await
        })
    }

    /// Takes the message if it is there. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// Nothing has been sent so far; `Disconnected` if nothing will be.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.shared.0.lock().take()
    }
}

#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("recv") }> for OneshotReceiver<T> {}

impl<T> Shared<T> {
    /// Goes from `Open` to `stage`, which is returned if it is not open.
    fn leave_open(&self, stage: Stage<T>) -> Result<(), Stage<T>> {
        let mut woken = WakeList::default();
        let mut state = self.0.lock();
        if !matches!(state.stage, Stage::Open) {
            drop(state);
            return Err(stage);
        }
        state.stage = stage;
        woken.extend(state.receiving.notify_all());
        drop(state);
        woken.wake_all();
        Ok(())
    }
}

impl<T> State<T> {
    fn take(&mut self) -> Result<T, TryRecvError> {
        match std::mem::replace(&mut self.stage, Stage::Closed) {
            Stage::Sent(message) => Ok(message),
            Stage::Closed => Err(TryRecvError::Disconnected),
            Stage::Open => {
                self.stage = Stage::Open;
                Err(TryRecvError::Empty)
            }
        }
    }
}

impl<T> Place for &Shared<T> {
    const DOING: WaitReason = WaitReason::Receiving;

    type State = State<T>;

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock()
    }

    fn waiters(state: &mut State<T>) -> &mut WaitList {
        &mut state.receiving
    }

    fn pass_on(&self, _: &mut State<T>, _: Note) -> Option<Waker> {
        // All have been notified.
        None
    }
}

impl<T> Drop for OneshotSender<T> {
    fn drop(&mut self) {
        // A message that has been sent stays.
        let _ = self.shared.leave_open(Stage::Closed);
    }
}

impl<T> Drop for OneshotReceiver<T> {
    fn drop(&mut self) {
        let mut state = self.shared.0.lock();
        let stage = std::mem::replace(&mut state.stage, Stage::Closed);
        drop(state);
        // A message without a receiver is dropped outside the lock.
        drop(stage);
    }
}

impl<T> fmt::Debug for OneshotSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneshotSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for OneshotReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneshotReceiver").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::manual_poll::{Hand, by_hand};

    #[test]
    fn one_message() {
        let (tx, rx) = oneshot();
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        assert!(!tx.is_closed());
        tx.send(7).unwrap();
        assert_eq!(rx.recv().block(), Ok(7));
        assert_eq!(rx.recv().block(), Err(RecvError));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
    }

    #[test]
    fn what_is_sent_is_received_after_the_sender_has_gone() {
        let (tx, rx) = oneshot();
        let mut waiting = by_hand(rx.recv());
        assert!(waiting.poll().is_none());
        tx.send(7).unwrap();
        assert_eq!((waiting.woken(), waiting.poll()), (1, Some(Ok(7))));
    }

    #[test]
    fn a_sender_that_goes_ends_the_wait() {
        let (tx, rx) = oneshot::<u8>();
        let mut waiting = by_hand(rx.recv());
        assert!(waiting.poll().is_none());
        drop(tx);
        assert_eq!((waiting.woken(), waiting.poll()), (1, Some(Err(RecvError))));
    }

    #[test]
    fn a_receiver_that_goes_drops_the_message() {
        let message = Arc::new(());
        let (tx, rx) = oneshot();
        tx.send(message.clone()).unwrap();
        drop(rx);
        assert_eq!(Arc::strong_count(&message), 1);
        let (tx, rx) = oneshot();
        drop(rx);
        assert!(tx.is_closed());
        assert_eq!(tx.send(message.clone()), Err(SendError(message)));
    }

    #[test]
    fn a_cancelled_wait_takes_nothing() {
        let (tx, rx) = oneshot();
        let mut waiting: Hand<_> = by_hand(rx.recv());
        assert!(waiting.poll().is_none());
        tx.send(7).unwrap();
        drop(waiting);
        assert_eq!(rx.recv().block(), Ok(7));
    }

    #[test]
    fn is_send() {
        fn is_send<T: Send>(_: &T) {}
        let (tx, rx) = oneshot::<std::cell::Cell<u8>>();
        is_send(&tx);
        is_send(&rx.recv());
    }
}
