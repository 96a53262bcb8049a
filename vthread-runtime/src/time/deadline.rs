//! `deadline()`.

use super::Instant;
use crate::task::current;

/// Returns when the running code will be cancelled by a `timeout!`: the smallest of the deadlines
/// around it.
///
/// These are the deadlines of the `timeout!`s whose body the code is in, of those in whose bodies
/// the functions further out have called it, plain ones too, and, for a child, of those around its
/// group, since it ends with that. A `shield!`, and so the cleanup of a `defer!`, keeps those
/// further out away: inside only `timeout!`s inside count. Work on helper threads, such as that of
/// [`blocking`](crate::blocking), has none: pass it along.
///
/// It is for code that has timeouts of its own:
///
/// ```ignore
/// let patience = deadline().map(vthread::time::until);
/// connection.set_read_timeout(patience)?;
/// ```
///
/// # Suspends
/// Never, and is no checkpoint. The deadline may be over already, if the code has met no checkpoint
/// since.
pub fn deadline() -> Option<Instant> {
    current::with(|running| running.and_then(|running| running.deadline().instant()))
}
