//! The deadline of the innermost enclosing timeout, in eight bytes.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// The origin of the count: no deadline was set before.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Nanoseconds since the start, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline(u64);

impl Deadline {
    /// Later than every other.
    pub(crate) const NEVER: Deadline = Deadline(u64::MAX);

    /// An instant more than five hundred years away is never.
    pub(crate) fn at(instant: Instant) -> Self {
        let since_start = instant.saturating_duration_since(*START).as_nanos();
        Deadline(u64::try_from(since_start).unwrap_or(u64::MAX))
    }

    /// The instant, if there is one.
    pub(crate) fn instant(self) -> Option<Instant> {
        (self != Self::NEVER).then(|| *START + Duration::from_nanos(self.0))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was() {
        // Before any other deadline is made.
        let _ = Deadline::at(Instant::now());
        let soon = Instant::now() + Duration::new(3, 7);
        assert_eq!(Deadline::at(soon).instant(), Some(soon));
        assert_eq!(Deadline::NEVER.instant(), None);
        assert!(Deadline::at(soon) < Deadline::NEVER);
        assert!(Deadline::at(soon) < Deadline::at(soon + Duration::from_nanos(1)));
    }
}
