//! How the body makes a call here: in place, as a segment, or blocking.

use crate::emit::call::{CallMode, Place};
use crate::lower::Lowering;

impl Lowering {
    /// Where the place of the call about to be written is checked.
    pub(crate) fn place_of_check(&self) -> Place {
        match self.is_covered {
            true => Place::CheckedAround,
            false => Place::Checked,
        }
    }

    pub(crate) fn making(&self, is_recursive: bool) -> CallMode {
        match (self.in_frame, is_recursive) {
            (false, _) => CallMode::Block,
            (true, true) => CallMode::Segment,
            (true, false) => CallMode::Await,
        }
    }
}
