//! An alarm: of the driver, or of a test with a clock of its own.
#![allow(unsafe_code)] // Projection to the pinned place.

use super::core;
use super::time::{Bell, Seen, Set, Timers, standing};
use std::pin::Pin;
use std::task::Waker;
use std::time::Instant;

/// A place for one alarm, which its owner pins in its frame. Dropping it cancels the alarm.
pub(crate) struct Alarm {
    bell: Bell,
}

impl Alarm {
    /// An alarm that is not set, with the time that it will be set to. `None`: that is over, or
    /// not known yet.
    #[inline]
    pub(crate) fn new(deadline: Option<Instant>) -> Self {
        Alarm {
            bell: core::get().timers_here().bell(deadline),
        }
    }

    /// The timers that it was made for.
    #[inline]
    fn timers(&self) -> &'static Timers {
        match self.bell.number() {
            0 => core::get().timers(),
            number => standing::with_number(number),
        }
    }

    #[inline]
    fn bell(self: Pin<&Self>) -> Pin<&Bell> {
        // SAFETY: it is pinned with the alarm: nothing moves it out, and `drop` takes it out of the
        // wheel.
        unsafe { self.map_unchecked(|alarm| &alarm.bell) }
    }

    /// Sets the alarm, which is not set yet, to wake `waker` at `deadline`, which is not in the
    /// past.
    pub(crate) fn set(self: Pin<&Self>, deadline: Instant, waker: Waker) -> Set {
        self.timers().set(self.bell(), deadline, waker)
    }

    /// As `set`, to the time that the alarm was made with.
    #[inline]
    pub(crate) fn set_as_made(self: Pin<&Self>, waker: Waker) -> Set {
        self.timers().set_as_made(self.bell(), waker)
    }

    /// Lets the alarm, which is set, wake `waker` from now on.
    pub(crate) fn rewire(self: Pin<&Self>, waker: &Waker) {
        self.timers().rewire(self.bell(), waker);
    }

    /// The alarm as it is now.
    #[inline]
    pub(crate) fn see(&self) -> Seen {
        self.bell.see()
    }
}

impl std::fmt::Debug for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alarm")
            .field("is_set", &self.see().is_set())
            .field("has_rung", &self.see().has_rung())
            .finish_non_exhaustive()
    }
}

impl Drop for Alarm {
    #[inline]
    fn drop(&mut self) {
        let seen = self.see();
        if seen.is_set() && !seen.has_rung() {
            // SAFETY: an alarm that was set, and so pinned, stays so until it is dropped.
            let alarm = unsafe { Pin::new_unchecked(&*self) };
            alarm.timers().take_out(alarm.bell());
        }
        // The waker, which is foreign, is dropped after the lock: fields are dropped last.
    }
}
