//! The lock around the wheel: alarms are set and cancelled by vthreads and rung by the driver's
//! turn.
//!
//! The thread that is about to wait in the driver leaves in `awaited` the tick until which it will
//! wait. An earlier alarm that is set then must end that wait. Both happen under the lock, so
//! neither misses the other.
#![allow(unsafe_code)] // Alarms live in the frames of those who sleep; the wheel reaches them by pointer.

use super::clock::Clock;
use super::wheel::{Entry, Wheel};
use super::when::{NUMBERS, Seen, When};
use crate::base::clock::StandingClock;
use crate::base::wake::WakeList;
use crate::primitive::Mutex;
use crate::task::short_waker::ShortWaker;
use crate::trace::timeline::{self, What};
use std::cell::Cell;
use std::pin::Pin;
use std::task::Waker;
use std::time::{Duration, Instant};

/// How many alarms ring at most before the lock is released and their owners are woken.
const BATCH: usize = 64;

/// The clock and all alarms that are set.
#[derive(Debug)]
pub(crate) struct Timers {
    clock: Clock,
    /// By which alarms know that they are these timers'. 0: the driver's.
    number: u64,
    locked: Mutex<Locked>,
}

#[derive(Debug)]
struct Locked {
    wheel: Wheel<Cell<Option<ShortWaker>>>,
    /// While a thread waits in the driver, or is about to: the tick until which it will.
    awaited: Option<u64>,
}

/// The place of one alarm: its owner pins it, and takes it out before it drops it. The waker
/// belongs to the holder of the lock while the alarm is set.
pub(crate) type Bell = Entry<Cell<Option<ShortWaker>>>;

/// What the setter of an alarm must do.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Set {
    /// Wait.
    Waiting,
    /// End the wait of the thread in the driver, because this alarm rings before it would look;
    /// then wait.
    EndTheWait,
    /// Go on: the time is over.
    Due,
}

impl Timers {
    pub(crate) fn new() -> Self {
        Self::with(Clock::start(), 0)
    }

    /// Timers that follow a clock which stands still, with a number of their own.
    pub(super) fn standing(clock: &'static StandingClock, number: u64) -> Self {
        assert!(number < NUMBERS, "a million tests at once");
        Self::with(Clock::Standing(clock), number)
    }

    fn with(clock: Clock, number: u64) -> Self {
        let locked = Locked {
            wheel: Wheel::new(),
            awaited: None,
        };
        Timers {
            clock,
            number,
            locked: Mutex::new(locked),
        }
    }

    /// The clock that stands still, if they follow one.
    pub(super) fn standing_clock(&self) -> Option<&'static StandingClock> {
        match self.clock {
            Clock::Running(_) => None,
            Clock::Standing(clock) => Some(clock),
        }
    }

    /// The tick at which to look for alarms that are due: not after the first of them.
    pub(super) fn next_tick(&self) -> Option<u64> {
        self.locked.lock().wheel.next_tick()
    }

    /// Begins again at tick 0. False if there are alarms.
    pub(super) fn restart(&self) -> bool {
        let mut locked = self.locked.lock();
        let is_free = locked.wheel.next_tick().is_none();
        if is_free {
            locked.wheel = Wheel::new();
        }
        is_free
    }

    /// The place of an alarm that will be set to `deadline`. `None`: that is over.
    pub(crate) fn bell(&self, deadline: Option<Instant>) -> Bell {
        let tick = deadline.map_or(0, |deadline| self.clock.tick_of(deadline));
        Entry::unlinked(When::new(tick, self.number), Cell::new(None))
    }

    /// The number of alarms that are set. It walks over them, under the lock.
    pub(crate) fn count(&self) -> usize {
        self.locked.lock().wheel.count()
    }

    /// Announces that this thread will wait in the driver, and returns for how long at most.
    pub(crate) fn begin_wait(&self) -> Option<Duration> {
        let mut locked = self.locked.lock();
        let next = locked.wheel.next_tick();
        locked.awaited = Some(next.unwrap_or(u64::MAX));
        drop(locked);
        next.map(|tick| self.clock.until(tick))
    }

    /// Revokes the announcement of `begin_wait`.
    pub(crate) fn end_wait(&self) {
        self.locked.lock().awaited = None;
    }

    /// Rings every alarm that is due and wakes its owner.
    pub(crate) fn ring(&self, woken: &mut WakeList) {
        let now = self.clock.now();
        loop {
            let is_done = self.ring_batch(now, woken);
            woken.wake_all();
            if is_done {
                return;
            }
        }
    }

    fn ring_batch(&self, now: u64, woken: &mut WakeList) -> bool {
        let mut locked = self.locked.lock();
        for n_rung in 0..BATCH {
            let Some(entry) = locked.wheel.pop_due(now) else {
                drop(locked);
                record_due(n_rung);
                return true;
            };
            // SAFETY: The lock is held, so the entry is alive: its owner sees `has_rung`, or takes
            // the lock, before it drops it.
            let bell = unsafe { entry.as_ref() }.value();
            woken.extend(bell.payload.take().map(Waker::from));
            bell.when.ring();
            // From here on the entry may be gone.
        }
        drop(locked);
        record_due(BATCH);
        false
    }
}

fn record_due(n: usize) {
    if n > 0 && timeline::is_on() {
        timeline::record(What::Timers(u32::try_from(n).unwrap_or(u32::MAX)));
    }
}

/// What is done with an alarm. It is one of these timers.
impl Timers {
    /// Sets the alarm, which is not set yet, to wake `waker` at `deadline`, which is not in the
    /// past.
    pub(crate) fn set(&self, bell: Pin<&Bell>, deadline: Instant, waker: Waker) -> Set {
        self.set_to(bell, self.clock.tick_of(deadline), waker)
    }

    /// As `set`, to the time that the place was made with.
    pub(crate) fn set_as_made(&self, bell: Pin<&Bell>, waker: Waker) -> Set {
        self.set_to(bell, bell.value().when.tick(), waker)
    }

    fn set_to(&self, bell: Pin<&Bell>, tick: u64, waker: Waker) -> Set {
        debug_assert!(!bell.is_set(), "an alarm is set once");
        bell.value().payload.set(Some(ShortWaker::from(waker)));
        let mut locked = self.locked.lock();
        // SAFETY: It is not set, so it is in no wheel; its owner takes it out unless it has rung.
        if !unsafe { locked.wheel.insert(bell, tick) } {
            return Set::Due;
        }
        if locked.awaited.is_some_and(|awaited| tick < awaited) {
            // One interruption is enough: later alarms are compared with this one.
            locked.awaited = Some(tick);
            return Set::EndTheWait;
        }
        Set::Waiting
    }

    /// Lets the alarm, which is set, wake `waker` from now on.
    pub(crate) fn rewire(&self, bell: Pin<&Bell>, waker: &Waker) {
        let mut fresh = None;
        loop {
            let locked = self.locked.lock();
            if bell.has_rung() {
                return;
            }
            let place = &bell.value().payload;
            let old = place.take();
            if old.as_ref().is_some_and(|old| old.will_wake(waker)) {
                place.set(old);
                return;
            }
            let Some(fresh) = fresh.take() else {
                // Foreign wakers are cloned and dropped outside the lock.
                place.set(old);
                drop(locked);
                fresh = Some(ShortWaker::from(waker.clone()));
                continue;
            };
            place.set(Some(fresh));
            drop(locked);
            return drop(old);
        }
    }

    /// Takes the alarm, which is set, out: it does not ring any more.
    pub(crate) fn take_out(&self, bell: Pin<&Bell>) {
        let mut locked = self.locked.lock();
        if !bell.has_rung() {
            // SAFETY: It was linked by `set` and not handed out, or else it would have rung.
            unsafe { locked.wheel.remove(bell) };
        }
    }
}

impl Bell {
    /// The alarm as it is now.
    #[inline]
    pub(crate) fn see(&self) -> Seen {
        self.value().when.see()
    }

    /// Whether the alarm has rung.
    #[inline]
    pub(crate) fn has_rung(&self) -> bool {
        self.see().has_rung()
    }

    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        self.see().is_set()
    }

    /// The number of its timers.
    #[inline]
    pub(crate) fn number(&self) -> u64 {
        self.value().when.number()
    }
}
