//! How late the operations of a stream are.

use super::place;
use crate::driver::time_limit::Limit;
use parking_lot::Mutex;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// The delays of the operations of one direction that have begun, with their waiters.
#[derive(Debug, Default)]
pub(super) struct Arrivals(Mutex<Vec<(Waker, Pin<Box<Limit>>)>>);

impl Arrivals {
    /// Waits until the operation may happen. It begins with the first poll.
    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        let limit = match self.take(cx.waker()) {
            Some(limit) => limit,
            None => {
                let delay = place::conditions().draw_delay();
                if delay.is_zero() {
                    return Poll::Ready(());
                }
                Box::pin(Limit::after(delay))
            }
        };
        let polled = limit.as_ref().poll_over(cx);
        let begun = (cx.waker().clone(), limit);
        self.0.lock().push(begun);
        polled
    }

    /// The operation has happened: the next one has a delay of its own.
    pub(super) fn end(&self, cx: &Context<'_>) {
        drop(self.take(cx.waker()));
    }

    fn take(&self, waker: &Waker) -> Option<Pin<Box<Limit>>> {
        let mut begun = self.0.lock();
        let own = begun.iter().position(|(own, _)| own.will_wake(waker))?;
        let (waker, limit) = begun.swap_remove(own);
        drop(begun);
        drop(waker);
        Some(limit)
    }
}
