//! How long cleanup may take after a cancellation, in four bytes.

use std::time::Duration;

/// A time in milliseconds, or one of two values that are no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grace(u32);

impl Grace {
    /// Not set by any enclosing construct: the configuration's. It is the largest value, so the
    /// minimum of several is one that was set, if any was.
    pub(crate) const DEFAULT: Grace = Grace(u32::MAX);

    /// As long as cleanup takes: no timer is armed.
    pub(crate) const UNBOUNDED: Grace = Grace(u32::MAX - 1);

    /// Rounded up to a millisecond; seven weeks and more are unbounded.
    pub(crate) fn new(duration: Duration) -> Self {
        let millis = duration.as_nanos().div_ceil(1_000_000);
        match u32::try_from(millis) {
            Ok(millis) if millis < Self::UNBOUNDED.0 => Grace(millis),
            _ => Self::UNBOUNDED,
        }
    }

    /// The time, if there is one: `default` returns the configuration's.
    pub(crate) fn duration(self, default: impl FnOnce() -> Duration) -> Option<Duration> {
        let grace = match self {
            Self::DEFAULT => Self::new(default()),
            said => said,
        };
        (grace < Self::UNBOUNDED).then(|| Duration::from_millis(grace.0.into()))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn rounds_up_and_knows_for_ever() {
        let never = || -> Duration { unreachable!() };
        let millis = |n| Some(Duration::from_millis(n));
        assert_eq!(Grace::new(Duration::ZERO).duration(never), millis(0));
        assert_eq!(
            Grace::new(Duration::from_nanos(1)).duration(never),
            millis(1)
        );
        assert_eq!(
            Grace::new(Duration::from_secs(30)).duration(never),
            millis(30_000)
        );
        assert_eq!(Grace::new(Duration::MAX).duration(never), None);
        assert_eq!(
            Grace::DEFAULT.duration(|| Duration::from_millis(7)),
            millis(7)
        );
    }

    #[test]
    fn what_was_said_is_shorter_than_what_was_not() {
        let long = Grace::new(Duration::from_secs(1_000_000));
        assert_eq!(Grace::DEFAULT.min(long), long);
        assert_eq!(Grace::UNBOUNDED.min(long), long);
        assert_eq!(Grace::UNBOUNDED.min(Grace::DEFAULT), Grace::UNBOUNDED);
    }
}
