//! Timers that follow the clock of a test.
//!
//! A test's thread rings them itself, when none of its vthreads can run. They are never freed,
//! because alarms refer to them, and used for one test after another.

use super::timers::Timers;
use crate::base::clock::{self, StandingClock};
use crate::base::wake::WakeList;
use crate::world::Time;
use parking_lot::Mutex;
use std::time::Duration;

/// Those that no test uses.
static IDLE: Mutex<Vec<&'static Timers>> = Mutex::new(Vec::new());
/// All, by their numbers, which begin with one.
static ALL: Mutex<Vec<&'static Timers>> = Mutex::new(Vec::new());

/// The timers with that number, which is not 0.
#[cold]
pub(crate) fn with_number(number: u64) -> &'static Timers {
    ALL.lock()[number as usize - 1]
}

/// The timers of the test that this thread works for, if it has its own.
#[inline]
pub(crate) fn here() -> Option<&'static Timers> {
    clock::standing().and_then(of)
}

#[cold]
fn of(clock: &'static StandingClock) -> Option<&'static Timers> {
    clock.timers()?.downcast_ref()
}

/// A clock that shows the present time, with timers that follow it.
pub(crate) fn begin() -> (&'static StandingClock, &'static dyn Time) {
    let idle = IDLE.lock().pop();
    let timers = idle.unwrap_or_else(|| {
        let clock = StandingClock::leaked();
        let mut all = ALL.lock();
        let timers = Timers::standing(clock, all.len() as u64 + 1);
        let timers: &'static Timers = Box::leak(Box::new(timers));
        all.push(timers);
        drop(all);
        clock.set_timers(timers);
        timers
    });
    let clock = timers.standing_clock().expect("made with one");
    clock.start();
    (clock, timers)
}

impl Time for Timers {
    fn next(&self) -> Option<Duration> {
        self.next_tick().map(Duration::from_millis)
    }

    fn ring(&self) {
        Timers::ring(self, &mut WakeList::default());
    }

    fn end(&'static self) {
        // Alarms that are left belong to vthreads which the test could not end.
        if self.restart() {
            IDLE.lock().push(self);
        }
    }
}
