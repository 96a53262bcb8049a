//! `deadline()`.

use super::Instant;
use crate::task::current;

/// When the code that runs now will be cancelled by a `timeout!`: the smallest of the deadlines around it.
///
/// Around are the `timeout!`s whose body the code is in, those in whose bodies the functions further out
/// have called it, plain ones too, and, for a child, those around its group, since it ends with that. A
/// `shield!`, and so the cleanup of a `defer!`, keeps those further out away: inside only `timeout!`s inside
/// count. Work on helper threads, such as that of [`blocking`](crate::blocking), has none: take it along.
///
/// For handing to code that has timeouts of its own:
///
/// ```ignore
/// let patience = deadline().map(|at| at.saturating_duration_since(Instant::now()));
/// connection.set_read_timeout(patience)?;
/// ```
///
/// # Suspends
/// Never, and is no checkpoint. The deadline may be over already, where the code has met none since.
pub fn deadline() -> Option<Instant> {
    current::with(|running| running.and_then(|running| running.deadline().instant()))
}
