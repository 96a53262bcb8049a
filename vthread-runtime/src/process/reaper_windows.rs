//! Processes whose `Child` is gone: when the last handle of one is closed, nothing of it stays.

use super::ending::Ending;
use std::process::Child;

/// Closes the handle of `child`.
pub(super) fn reap_later(child: Child, _: Ending) {
    drop(child);
}
