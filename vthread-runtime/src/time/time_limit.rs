//! What a `timeout!` takes.

use super::{Duration, Instant};
use crate::base::clock;

/// The time limit of a `timeout!`: a [`Duration`], which counts from where the `timeout!` begins,
/// or an [`Instant`].
///
/// A time that no instant can express is never reached.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::time::{Duration, Instant, TimeLimit};
///
/// /// A function that passes a limit on: timeout!(limit => { .. })
/// fn within(limit: impl TimeLimit) {
///     # let _ = limit;
/// }
///
/// within(Duration::from_secs(1));
/// within(Instant::now() + Duration::from_secs(1));
/// ```
#[diagnostic::on_unimplemented(
    message = "`timeout!` takes a `Duration` or an `Instant`, not `{Self}`",
    label = "this is neither a `Duration` nor an `Instant`",
    note = "for example `timeout!(Duration::from_secs(1) => {{ .. }})`, or `timeout!(deadline => {{ .. }})` with an `Instant`"
)]
pub trait TimeLimit: sealed::Sealed {
    /// When the time is over; `None` if that is never.
    #[doc(hidden)]
    fn end(self) -> Option<Instant>;
}

impl TimeLimit for Duration {
    #[inline]
    fn end(self) -> Option<Instant> {
        clock::now().checked_add(self)
    }
}

impl TimeLimit for Instant {
    #[inline]
    fn end(self) -> Option<Instant> {
        Some(self)
    }
}

mod sealed {
    use super::{Duration, Instant};

    pub trait Sealed {}
    impl Sealed for Duration {}
    impl Sealed for Instant {}
}

/// When the time of a `timeout!` is over.
#[derive(Clone, Copy, Debug)]
pub struct End(pub(super) Option<Instant>);

/// The end of a `timeout!` that begins now.
#[inline]
pub fn end_of_time(limit: impl TimeLimit) -> End {
    End(limit.end())
}
