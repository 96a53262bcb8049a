//! The entry points that generated code may name. Nothing here is meant for people.
#![allow(missing_docs)]

pub use crate::group::block_on::block_on;
pub use crate::group::call::{Call, Suspends, call, frame, name_hash};
pub use crate::group::foreign::{Foreign, foreign};
pub use crate::group::native::{Native, NoError, Slot, Stop};
pub use crate::group::options::{GroupOptions, SpawnOptions};
pub use crate::group::owner::{Group, Owner, spawn};
pub use crate::group::room::{Permit, Room, room};
pub use crate::group::run::Run;
pub use crate::group::task::{Task, TaskJoin};
pub use crate::task::line::{Segment, segment};
