//! The end of a process by another one.

use super::child::Child;

/// Kills the process, unless it was collected. One that has ended already cannot be killed, which
/// is as well.
pub(super) fn kill(child: &mut Child) {
    if child.status.is_none() {
        let _ = child.kill();
    }
}
