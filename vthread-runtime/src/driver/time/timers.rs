//! The lock around the wheel: alarms are set and cancelled by vthreads and rung by the driver's
//! turn.
//!
//! The thread that is about to wait in the driver leaves in `awaited` the tick until which it will
//! wait. An earlier alarm that is set then must end that wait. Both happen under the lock, so
//! neither misses the other.
#![allow(unsafe_code)] // Alarms live in the frames of those who sleep; the wheel reaches them by pointer.

use super::clock::Clock;
use super::wheel::{Entry, Wheel};
use crate::base::clock::StandingClock;
use crate::base::wake::WakeList;
use crate::primitive::{AtomicBool, Mutex, Ordering};
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
    locked: Mutex<Locked>,
}

#[derive(Debug)]
struct Locked {
    wheel: Wheel<Bell>,
    /// While a thread waits in the driver, or is about to: the tick until which it will.
    awaited: Option<u64>,
}

/// A place for one alarm, which its owner pins in its frame. Dropping it cancels the alarm.
pub(crate) struct Alarm<'t> {
    timers: &'t Timers,
    entry: Entry<Bell>,
}

struct Bell {
    /// Belongs to the holder of the lock while the alarm is set.
    waker: Cell<Option<Waker>>,
    /// Whether the entry has been linked. Only the owner uses it.
    is_set: Cell<bool>,
    /// Set as the driver's last access to the entry. An owner that sees it owns the entry
    /// exclusively again.
    has_rung: AtomicBool,
}

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
        Self::with(Clock::start())
    }

    /// Timers that follow a clock which stands still.
    pub(super) fn standing(clock: &'static StandingClock) -> Self {
        Self::with(Clock::Standing(clock))
    }

    fn with(clock: Clock) -> Self {
        let locked = Locked {
            wheel: Wheel::new(),
            awaited: None,
        };
        Timers {
            clock,
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

    /// An alarm that is not set.
    pub(crate) fn alarm(&self) -> Alarm<'_> {
        let bell = Bell {
            waker: Cell::new(None),
            is_set: Cell::new(false),
            has_rung: AtomicBool::new(false),
        };
        Alarm {
            timers: self,
            entry: Entry::unlinked(bell),
        }
    }

    /// An alarm that is not set, with the time that it will be set to. `None`: that is over.
    pub(crate) fn alarm_at(&self, deadline: Option<Instant>) -> Alarm<'_> {
        let alarm = self.alarm();
        let tick = deadline.map_or(0, |deadline| self.clock.tick_of(deadline));
        alarm.entry.value().tick.set(tick);
        alarm
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
            let bell = &unsafe { entry.as_ref() }.value().payload;
            woken.extend(bell.waker.take());
            bell.has_rung.store(true, Ordering::Release);
            // From here on the entry may be gone.
        }
        drop(locked);
        record_due(BATCH);
        false
    }
}

fn record_due(n: usize) {
    if n > 0 && timeline::is_on() {
        timeline::record(What::Timers(n));
    }
}

impl Alarm<'_> {
    /// Sets the alarm, which is not set yet, to wake `waker` at `deadline`, which is not in the
    /// past.
    pub(crate) fn set(self: Pin<&Self>, deadline: Instant, waker: Waker) -> Set {
        let tick = self.timers.clock.tick_of(deadline);
        self.set_to(tick, waker)
    }

    /// As `set`, to the time that the alarm was made with.
    pub(crate) fn set_as_made(self: Pin<&Self>, waker: Waker) -> Set {
        let tick = self.entry.value().tick.get();
        self.set_to(tick, waker)
    }

    /// Whether the time was over already when the alarm was made.
    pub(crate) fn was_due(&self) -> bool {
        // Only the owner writes it, as it makes the alarm and as it sets it.
        self.entry.value().tick.get() == 0
    }

    fn set_to(self: Pin<&Self>, tick: u64, waker: Waker) -> Set {
        debug_assert!(!self.is_set(), "an alarm is set once");
        let entry = self.entry();
        entry.value().payload.waker.set(Some(waker));
        let mut locked = self.timers.locked.lock();
        // SAFETY: It is not set, so it is in no wheel; `drop` removes it unless it has rung.
        if !unsafe { locked.wheel.insert(entry, tick) } {
            return Set::Due;
        }
        self.entry.value().payload.is_set.set(true);
        if locked.awaited.is_some_and(|awaited| tick < awaited) {
            // One interruption is enough: later alarms are compared with this one.
            locked.awaited = Some(tick);
            return Set::EndTheWait;
        }
        Set::Waiting
    }

    /// Whether the alarm has rung.
    pub(crate) fn has_rung(&self) -> bool {
        self.entry.value().payload.has_rung.load(Ordering::Acquire)
    }

    pub(crate) fn is_set(&self) -> bool {
        self.entry.value().payload.is_set.get()
    }

    /// Lets the alarm, which is set, wake `waker` from now on.
    pub(crate) fn rewire(self: Pin<&Self>, waker: &Waker) {
        let mut fresh = None;
        loop {
            let locked = self.timers.locked.lock();
            if self.has_rung() {
                return;
            }
            let place = &self.entry.value().payload.waker;
            let old = place.take();
            if old.as_ref().is_some_and(|old| old.will_wake(waker)) {
                place.set(old);
                return;
            }
            let Some(fresh) = fresh.take() else {
                // Foreign wakers are cloned and dropped outside the lock.
                place.set(old);
                drop(locked);
                fresh = Some(waker.clone());
                continue;
            };
            place.set(Some(fresh));
            drop(locked);
            return drop(old);
        }
    }

    fn entry(self: Pin<&Self>) -> Pin<&Entry<Bell>> {
        // SAFETY: `entry` is pinned with the alarm: it is never moved out, and `drop` unlinks it.
        unsafe { self.map_unchecked(|alarm| &alarm.entry) }
    }
}

impl std::fmt::Debug for Alarm<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let has_rung = self.has_rung();
        f.debug_struct("Alarm")
            .field("is_set", &self.is_set())
            .field("has_rung", &has_rung)
            .finish_non_exhaustive()
    }
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if !self.is_set() || self.has_rung() {
            return;
        }
        let mut locked = self.timers.locked.lock();
        if !self.has_rung() {
            // SAFETY: An alarm that was set, and so pinned, stays so until it is dropped.
            let entry = unsafe { Pin::new_unchecked(&self.entry) };
            // SAFETY: It was linked by `set` and not handed out, or else it would have rung.
            unsafe { locked.wheel.remove(entry) };
        }
        // The waker, which is foreign, is dropped after the lock: fields are dropped last.
    }
}
