//! The edge cases of structured concurrency, each with its answer. The number in a test's name is
//! that of the edge case in the `README.md` of this folder.

mod background;
mod blocked_in_plain_code;
mod blocking;
mod checkpoints;
mod current_group;
mod deadlocks;
mod delivered;
mod dumps;
mod errors;
mod events;
mod first_failure;
mod grace;
mod grace_alone;
mod grace_in_depth;
mod handles;
mod large_trees;
mod late;
mod max_concurrency;
mod no_deadlocks;
mod outcomes;
mod panics;
pub(crate) mod process;
mod reasons;
mod selects;
mod services;
mod shields;
mod spawning;
mod structure;
mod timeouts;
