//! The edge cases of structured concurrency, each with the answer given. The number in a test's name is that of
//! the edge case in `README.md` beside this file.

mod background;
mod checkpoints;
mod deadlocks;
mod delivered;
mod dumps;
mod errors;
mod events;
mod first_failure;
mod full_groups;
mod grace;
mod grace_alone;
mod grace_in_depth;
mod handles;
mod helpers;
mod late;
mod many;
mod no_deadlocks;
mod outcomes;
mod panics;
mod plain_frames;
pub(crate) mod process;
mod reasons;
mod selects;
mod services;
mod shields;
mod spawning;
mod structure;
mod timeouts;
mod without_a_group_in_sight;
