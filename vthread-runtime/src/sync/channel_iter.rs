//! The messages of a channel one by one: in plain code by `Iterator`, in vthread code by `for`.

use super::channel::{NextMessage, Receiver};
use crate::call::for_loop::IntoSuspendingIter;
use crate::task::call::Call;
use std::fmt;

/// The messages of a channel, one by one. See [`Receiver::iter`].
pub struct Iter<'c, T> {
    receiver: &'c Receiver<T>,
}

/// The messages that are in a channel. See [`Receiver::try_iter`].
pub struct TryIter<'c, T> {
    receiver: &'c Receiver<T>,
}

impl<T> Receiver<T> {
    /// Returns the messages that are there, one by one, until there is none. Never waits, never a
    /// checkpoint.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// let (tx, rx) = vthread::sync::unbounded();
    /// tx.try_send(1).unwrap();
    /// tx.try_send(2).unwrap();
    /// assert_eq!(rx.try_iter().collect::<Vec<_>>(), [1, 2]);
    /// ```
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

/// The messages of a channel, one by one. See [`Receiver`].
pub struct IntoIter<T> {
    receiver: Receiver<T>,
}

impl<'c, T> Iter<'c, T> {
    pub(super) fn of(receiver: &'c Receiver<T>) -> Self {
        Iter { receiver }
    }
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().block().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().block().ok()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;
    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self }
    }
}

impl<'c, T> IntoIterator for &'c Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'c, T>;
    fn into_iter(self) -> Iter<'c, T> {
        self.iter()
    }
}

/// The messages for a `for` in vthread code. `R` is the receiver, or a reference to it.
#[doc(hidden)]
pub struct MessageSteps<R>(R);

impl<T> MessageSteps<Receiver<T>> {
    /// The next message.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Call<Option<T>, NextMessage<'_, T>> {
        Call::leaf(NextMessage::of(&self.0))
    }
}

impl<'c, T> MessageSteps<&'c Receiver<T>> {
    /// The next message.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Call<Option<T>, NextMessage<'c, T>> {
        Call::leaf(NextMessage::of(self.0))
    }
}

macro_rules! steps {
    ($($ty:ty => $receiver:ty, $value:ident => $of:expr;)*) => {
        $(impl<'c, T> IntoSuspendingIter for $ty {
            type Steps = MessageSteps<$receiver>;
            fn into_steps(self) -> Self::Steps {
                let $value = self;
                MessageSteps($of)
            }
        })*
    };
}

steps! {
    &'c Receiver<T> => &'c Receiver<T>, receiver => receiver;
    Iter<'c, T> => &'c Receiver<T>, iter => iter.receiver;
    &'c mut Iter<'_, T> => &'c Receiver<T>, iter => iter.receiver;
    &'c mut IntoIter<T> => &'c Receiver<T>, iter => &iter.receiver;
}

impl<T> IntoSuspendingIter for Receiver<T> {
    type Steps = MessageSteps<Receiver<T>>;
    fn into_steps(self) -> Self::Steps {
        MessageSteps(self)
    }
}

impl<T> IntoSuspendingIter for IntoIter<T> {
    type Steps = MessageSteps<Receiver<T>>;
    fn into_steps(self) -> Self::Steps {
        MessageSteps(self.receiver)
    }
}

impl<T> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for TryIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryIter").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for IntoIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoIter").finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for MessageSteps<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageSteps").finish_non_exhaustive()
    }
}
