//! The events, by the crate `tracing`.

use super::{FormatError, Who, quietly};
use parking_lot::Mutex;
use std::any::{Any, type_name};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::time::Duration;
use tracing::{Level, enabled, event};

const TARGET: &str = "vthread";

/// Formats an error, if its type can be formatted.
#[derive(Debug)]
pub(crate) struct ErrorFormatter<E>(Cell<Option<FormatError<E>>>);

impl<E> ErrorFormatter<E> {
    pub(crate) const fn new() -> Self {
        ErrorFormatter(Cell::new(None))
    }
    /// Called before other threads can see the formatter.
    pub(crate) fn set(&self, format: FormatError<E>) {
        self.0.set(Some(format));
    }
}

struct Formatted<'a, E>(Option<FormatError<E>>, &'a E);

impl<E> Display for Formatted<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(format) => format(self.1, f),
            None => write!(f, "an error of type {}", type_name::<E>()),
        }
    }
}

/// Formats a user's value; its panics are contained.
fn text(value: impl Display) -> String {
    catch_unwind(AssertUnwindSafe(|| value.to_string()))
        .unwrap_or_else(|_| "an error that cannot be written without a panic".to_owned())
}

/// A failure in a group that has failed already. Called outside all locks.
pub(crate) fn late_failure<E>(who: Who<'_>, formatter: &ErrorFormatter<E>, error: &E) {
    quietly(|| {
        event!(
            target: TARGET,
            Level::WARN,
            vthread = who.name,
            spawned_at = %who.site,
            is_body = who.is_body,
            // Formatted only if there is a subscriber.
            error = text(Formatted(formatter.0.get(), error)),
            "a failure in a group that had failed already"
        );
    });
}

/// The first failure of a group that was cancelled from outside, which has no result. Called
/// outside all locks.
pub(crate) fn lost_failure<E>(group: Who<'_>, formatter: &ErrorFormatter<E>, error: &E) {
    quietly(|| {
        event!(
            target: TARGET,
            Level::WARN,
            group = group.name,
            opened_at = %group.site,
            // Formatted only if there is a subscriber.
            error = text(Formatted(formatter.0.get(), error)),
            "a failure in a group that was cancelled from outside"
        );
    });
}

/// A deadlock, as text.
pub(crate) fn deadlock(text: &str) {
    quietly(|| event!(target: TARGET, Level::ERROR, "{text}"));
}

/// A panic in a group that has panicked already.
pub(crate) fn late_panic(who: Who<'_>, payload: &(dyn Any + Send)) {
    let words = payload.downcast_ref::<&str>().copied();
    let words = words.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    quietly(|| {
        event!(
            target: TARGET,
            Level::WARN,
            vthread = who.name,
            spawned_at = %who.site,
            is_body = who.is_body,
            panic = words.unwrap_or("a payload without a message"),
            "a panic in a group that had panicked already"
        );
    });
}

/// A group has ended after this many failures.
pub(crate) fn group_ended(who: Who<'_>, failures: usize) {
    if failures == 0 {
        return;
    }
    quietly(|| {
        event!(
            target: TARGET,
            Level::DEBUG,
            group = who.name,
            opened_at = %who.site,
            failures,
            "a group has failed"
        );
    });
}

/// A background child has failed. Without this event the failure shows only when the process ends.
pub(crate) fn background_failure(failure: &dyn Display) {
    quietly(|| {
        event!(target: TARGET, Level::ERROR, failure = text(failure), "a background child has failed");
    });
}

/// Cleanup has taken longer than the grace of the cancellation, and ends now.
pub(crate) fn grace_over(who: Who<'_>) {
    quietly(|| {
        event!(
            target: TARGET,
            Level::WARN,
            name = who.name,
            site = %who.site,
            is_group = who.is_body,
            "the grace is over, and cleanup that has not ended is cancelled"
        );
    });
}

/// A blocking call in plain code below a vthread: it holds an OS thread. Reported once for each
/// place.
pub(crate) fn pinned(site: &'static Location<'static>) {
    static KNOWN: Mutex<BTreeSet<Location<'static>>> = Mutex::new(BTreeSet::new());
    quietly(|| {
        if enabled!(target: TARGET, Level::INFO) && KNOWN.lock().insert(*site) {
            event!(
                target: TARGET,
                Level::INFO,
                called_at = %site,
                "a blocking call in plain code holds an OS thread while it waits"
            );
        }
    });
}

/// A vthread computes or blocks in one poll while others wait for its worker, whose seat another
/// thread has now.
pub(crate) fn relieved(spawned_at: Option<&'static Location<'static>>, so_far: Duration) {
    quietly(|| {
        event!(
            target: TARGET,
            Level::WARN,
            spawned_at = spawned_at.map(tracing::field::display),
            so_far_ms = u64::try_from(so_far.as_millis()).unwrap_or(u64::MAX),
            "a vthread holds its OS thread in one poll, and another thread has taken over the worker"
        );
    });
}

/// The end of such a poll.
pub(crate) fn came_back(spawned_at: Option<&'static Location<'static>>, lasted: Duration) {
    quietly(|| {
        event!(
            target: TARGET,
            Level::WARN,
            spawned_at = spawned_at.map(tracing::field::display),
            lasted_ms = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX),
            "a vthread that held its OS thread in one poll has given way"
        );
    });
}
