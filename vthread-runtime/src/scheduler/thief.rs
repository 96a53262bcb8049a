//! What a worker without work has learnt: whether it pays to wait before a sleep, and before the
//! next theft.
//!
//! *Before a sleep.* To sleep and to be woken costs two workers several microseconds. Where one
//! worker spawns as fast as another runs what it steals, the thief would sleep between any two
//! batches. So a worker that was woken by another one soon after it had fallen asleep looks out for
//! work for about as long as a sleep costs, the next times. Where it looks in vain it soon gives
//! that up: an idle program spins no more than a few times, a server that waits for its clients not
//! at all.
//!
//! *Before a theft.* A stolen task brings its memory from one core to the other and back, and takes
//! part of the owner's time: several hundred nanoseconds. If a batch of stolen tasks took no longer
//! than that for each, they would have been done sooner where they were. Then the thief waits
//! before it steals again, longer each time that this is so, and not at all as soon as a theft has
//! paid.

use std::time::{Duration, Instant};

/// A sleep that should not have been.
const SHORT_SLEEP: Duration = Duration::from_micros(30);
/// How many vain attempts make a worker give up.
const ATTEMPTS: u8 = 4;
/// How often it looks before a sleep, with a pause of the processor before each look: about 3
/// microseconds.
pub(super) const LOOKS: u32 = 64;

/// What a theft costs for each task.
pub(super) const PRICE: Duration = Duration::from_nanos(400);
/// A theft that was worth its price, however short its tasks.
const LONG: Duration = Duration::from_micros(50);
/// The first wait after a theft that did not pay, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_micros(5), Duration::from_micros(160)];

/// How long a searcher waits for its turn at a crowd before it looks for other work again.
pub(super) const TURN: Duration = Duration::from_micros(500);

/// What a worker knows of its sleeps and thefts.
#[derive(Debug, Default)]
pub(super) struct Thief {
    attempts: u8,
    /// When it has stolen last, and in which round, until that is judged.
    stolen: Option<(Instant, usize)>,
    pause: Duration,
}

impl Thief {
    /// Whether to look out for work before the next sleep.
    pub(super) fn looks_out(&self) -> bool {
        self.attempts > 0
    }

    /// Another worker has ended a sleep.
    pub(super) fn was_woken_after(&mut self, slept: Duration) {
        if slept < SHORT_SLEEP {
            self.attempts = ATTEMPTS;
        } else {
            // What it has learnt of thefts is old.
            self.pause = Duration::ZERO;
        }
    }

    /// No work came.
    pub(super) fn looked_in_vain(&mut self) {
        self.attempts = self.attempts.saturating_sub(1);
    }

    /// It has stolen, in this round.
    pub(super) fn has_stolen(&mut self, now: Instant, round: usize) {
        self.stolen = Some((now, round));
    }

    /// What it has stolen is done. Returns how long to wait before it steals again.
    pub(super) fn judge(&mut self, now: Instant, round: usize) -> Duration {
        if let Some((since, first)) = self.stolen.take() {
            let took = now.saturating_duration_since(since);
            let n = round.wrapping_sub(first) as u32;
            let has_paid = took >= LONG || took >= PRICE * n;
            self.pause = match has_paid {
                true => Duration::ZERO,
                false => (self.pause * 2).clamp(PAUSES[0], PAUSES[1]),
            };
        }
        self.pause
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn only_short_sleeps_are_replaced() {
        let mut thief = Thief::default();
        thief.was_woken_after(SHORT_SLEEP * 2);
        assert!(!thief.looks_out());
        thief.was_woken_after(SHORT_SLEEP / 2);
        for _ in 0..ATTEMPTS {
            assert!(thief.looks_out());
            thief.looked_in_vain();
        }
        assert!(!thief.looks_out());
    }

    /// The pause after thefts of `n` tasks that took `each`.
    fn pause(thief: &mut Thief, n: u32, each: Duration) -> Duration {
        let now = Instant::now();
        thief.has_stolen(now, 7);
        thief.judge(now + each * n, 7 + n as usize)
    }

    #[test]
    fn thefts_of_tiny_tasks_are_rare() {
        let mut thief = Thief::default();
        let tiny = Duration::from_nanos(300);
        assert_eq!(pause(&mut thief, 32, tiny), PAUSES[0]);
        assert_eq!(pause(&mut thief, 32, tiny), PAUSES[0] * 2);
        for _ in 0..10 {
            pause(&mut thief, 32, tiny);
        }
        assert_eq!(pause(&mut thief, 32, tiny), PAUSES[1]);
        // What a theft has led to counts, and so does the time of one task.
        assert_eq!(pause(&mut thief, 10_000, tiny), Duration::ZERO);
        pause(&mut thief, 32, tiny);
        assert_eq!(pause(&mut thief, 1, PRICE), Duration::ZERO);
        assert_eq!(thief.judge(Instant::now(), 0), Duration::ZERO);
    }
}
