//! The times of a thread's events, of which only some were read from a clock.
//!
//! A thread looks at the clock before some events, and notes what it shows (`timeline.rs` says
//! before which). An event in between has happened between two looks, and gets a time there:
//! - if the thread has looked because it had recorded as many events as it may, they were close to
//!   one another, and are spread evenly;
//! - if it was *called* to look, something may have taken long. It was what happened last: the call
//!   comes at short intervals, and the thread looks before its next event. So the others are as
//!   far apart as those before them, and the last one has the rest.

use super::chunks::Record;

/// An event with its time, as a stamp, and the stamps between which it certainly happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) at: u64,
    pub(super) earliest: u64,
    pub(super) latest: u64,
    pub(super) record: Record,
}

/// A look at the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) stamp: u64,
    /// The thread was called to look.
    pub(super) is_called: bool,
}

/// How much longer than usual events may take before one of them is taken to be a long one.
const USUAL: u64 = 4;

/// Gives their times to the events of a thread, which are complete up to the stamp `now`. `look`
/// tells the looks from the events.
pub(super) fn place(
    records: impl Iterator<Item = Record>,
    look: impl Fn(Record) -> Option<Look>,
    now: u64,
) -> Vec<Placed> {
    let mut placing = Placing {
        placed: Vec::new(),
        since: Vec::new(),
        pace: None,
    };
    let mut last = None;
    for record in records {
        match look(record) {
            Some(next) => {
                placing.end(last, next);
                last = Some(next.stamp);
            }
            None => placing.since.push(record),
        }
    }
    let open = Look {
        stamp: now,
        is_called: true,
    };
    placing.end(last, open);
    placing.placed
}

struct Placing {
    placed: Vec<Placed>,
    /// The events since the last look.
    since: Vec<Record>,
    /// How far apart the events before them were.
    pace: Option<u64>,
}

impl Placing {
    /// Places the events between two looks: the first of them was when the clock showed `from`.
    fn end(&mut self, from: Option<u64>, until: Look) {
        let events = std::mem::take(&mut self.since);
        // Without a look before them, their time is not known.
        let (Some(from), n @ 1..) = (from, events.len() as u64) else {
            return;
        };
        let elapsed = until.stamp.saturating_sub(from);
        let evenly = elapsed / n;
        let step = match self.pace {
            Some(pace) if until.is_called && evenly > USUAL * pace => pace,
            _ => evenly,
        };
        self.pace = Some(step);
        let placed = (0..).zip(events).map(|(i, record)| Placed {
            at: from + i * step,
            earliest: from,
            latest: if i == 0 { from } else { from + elapsed },
            record,
        });
        self.placed.extend(placed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// A look is a multiple of a hundred, and one more if it was called for.
    fn times(records: &[u64], now: u64) -> Vec<u64> {
        let records = records.iter().map(|what| Record {
            what: *what,
            site: None,
        });
        let look = |record: Record| {
            (record.what >= 100).then_some(Look {
                stamp: record.what / 100 * 100,
                is_called: record.what % 100 == 1,
            })
        };
        let placed = place(records, look, now);
        for event in &placed {
            assert!((event.earliest..=event.latest).contains(&event.at));
        }
        placed.iter().map(|event| event.at).collect()
    }

    #[test]
    fn events_between_two_looks_are_spread_evenly() {
        let records = [100, 1, 2, 3, 4, 500, 5, 600, 6];
        assert_eq!(times(&records, 600), [100, 200, 300, 400, 500, 600]);
    }

    #[test]
    fn what_has_taken_long_was_the_last_before_a_called_look() {
        let records = [100, 1, 2, 200, 3, 4, 9_001, 5];
        assert_eq!(times(&records, 10_000), [100, 150, 200, 250, 9_000]);
        let records = [100, 1, 2, 200, 3, 4, 301, 5];
        assert_eq!(times(&records, 300), [100, 150, 200, 250, 300]);
    }

    #[test]
    fn the_newest_events_are_close_to_the_last_look() {
        let records = [100, 1, 2, 200, 3, 4, 5];
        assert_eq!(times(&records, 90_000), [100, 150, 200, 250, 300]);
        assert_eq!(times(&records, 230), [100, 150, 200, 210, 220]);
    }

    #[test]
    fn events_before_the_first_look_have_no_time() {
        assert_eq!(times(&[1, 2, 300, 3], 300), [300]);
        assert_eq!(times(&[], 300), []);
    }
}
