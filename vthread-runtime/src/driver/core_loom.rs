//! The wait under every schedule, with a `Notify` for the system's poller.

use super::*;
use crate::driver::time::Set;
use crate::primitive::{Arc, thread};
use std::pin::pin;
use std::task::Waker;
use std::time::Instant;

struct Place {
    signal: Signal,
    timers: Timers,
    poller: loom::sync::Notify,
}

impl Place {
    fn new() -> Arc<Self> {
        let (signal, timers) = (Signal(AtomicUsize::new(IDLE)), Timers::new());
        Arc::new(Place {
            signal,
            timers,
            poller: loom::sync::Notify::new(),
        })
    }

    /// As `Driver::park`: returns true if it would have waited for an alarm only.
    fn park(&self) -> bool {
        let until_alarm = self.timers.begin_wait();
        if self.signal.begin_wait() && until_alarm.is_none() {
            self.poller.wait();
        }
        self.signal.end_wait();
        self.timers.end_wait();
        until_alarm.is_some()
    }

    fn unpark(&self) {
        if self.signal.raise() {
            self.poller.notify();
        }
    }
}

/// A wait that begins before, while or after its end is asked for does end.
#[test]
fn loom_driver_unpark_ends_this_wait_or_the_next() {
    loom::model(|| {
        let place = Place::new();
        let other = {
            let place = place.clone();
            thread::spawn(move || place.unpark())
        };
        place.park();
        other.join().unwrap();
    });
}

/// A waiting thread learns of an alarm that is set meanwhile, so that the next wait is for the
/// alarm.
#[test]
fn loom_driver_an_alarm_ends_a_longer_wait() {
    loom::model(|| {
        let place = Place::new();
        let other = {
            let place = place.clone();
            thread::spawn(move || {
                let bell = pin!(place.timers.bell(None));
                let far = Instant::now() + Duration::from_secs(3600);
                let set = place.timers.set(bell.as_ref(), far, Waker::noop().clone());
                if set == Set::EndTheWait {
                    place.unpark();
                }
                // It stays set until the other thread has seen it.
                loom::thread::park();
                place.timers.take_out(bell.as_ref());
            })
        };
        while !place.park() {}
        other.thread().unpark();
        other.join().unwrap();
    });
}
