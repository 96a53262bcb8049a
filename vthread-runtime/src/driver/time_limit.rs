//! The time limit of an operation.
#![allow(unsafe_code)] // Projection to the pinned alarm.

use super::alarm::Alarm;
use super::core;
use super::time::Set;
use crate::base::clock;
use crate::scheduler::parker::Park;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A point in time, in the frame of an operation that waits no longer. Dropping it leaves nothing
/// behind.
#[derive(Debug)]
pub(crate) struct Limit {
    alarm: Alarm,
}

impl Limit {
    /// A time from now on.
    pub(crate) fn after(duration: Duration) -> Self {
        if duration.is_zero() {
            return Limit::new(None);
        }
        let now = clock::now();
        // A time that no instant can express is never reached; thirty years stand for it.
        let far_away = Duration::from_secs(30 * 365 * 24 * 60 * 60);
        Limit::new(Some(
            now.checked_add(duration).unwrap_or_else(|| now + far_away),
        ))
    }

    /// A point in time, which may have passed.
    pub(crate) fn at(deadline: Instant) -> Self {
        Limit::new((deadline > clock::now()).then_some(deadline))
    }

    /// `None`: the time is over already.
    fn new(deadline: Option<Instant>) -> Self {
        Limit {
            alarm: Alarm::new(deadline),
        }
    }

    /// Whether the time was over already when this was made.
    pub(crate) fn was_due(&self) -> bool {
        self.alarm.see().was_due()
    }

    #[cfg(all(test, not(loom)))]
    pub(crate) fn has_rung(&self) -> bool {
        self.alarm.see().has_rung()
    }

    /// Waits until the time is over. The first poll sets the alarm.
    pub(crate) fn poll_over(self: Pin<&Self>, cx: &Context<'_>) -> Poll<()> {
        // SAFETY: The alarm is pinned with the limit: nothing moves it out.
        let alarm = unsafe { self.map_unchecked(|limit| &limit.alarm) };
        let seen = alarm.see();
        if seen.was_due() || seen.has_rung() {
            return Poll::Ready(());
        }
        if seen.is_set() {
            alarm.rewire(cx.waker());
            // It may have rung meanwhile, and woken the waker before.
            return if alarm.see().has_rung() {
                Poll::Ready(())
            } else {
                Poll::Pending
            };
        }
        match alarm.set_as_made(cx.waker().clone()) {
            Set::Due => Poll::Ready(()),
            Set::Waiting => Poll::Pending,
            Set::EndTheWait => {
                core::get().unpark();
                Poll::Pending
            }
        }
    }
}
