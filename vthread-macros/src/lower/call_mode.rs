//! How the body makes a call here: in place, as a segment, or blocking.

use crate::emit::call::{Making, Place};
use crate::lower::Body;

impl Body {
    /// Where the place of the call about to be written is checked.
    pub(crate) fn place_of_check(&self) -> Place {
        match self.is_covered {
            true => Place::CheckedAround,
            false => Place::Checked,
        }
    }

    pub(crate) fn making(&self, is_recursive: bool) -> Making {
        match (self.in_frame, is_recursive) {
            (false, _) => Making::Block,
            (true, true) => Making::Segment,
            (true, false) => Making::Await,
        }
    }
}
