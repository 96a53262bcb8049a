//! Whether the calls that this crate writes note their places for dumps.
//!
//! The crate is compiled for the machine that compiles the program, in cargo's profile of the
//! build: so it has debug assertions where the program has them.

/// Whether they do: in debug builds, and in others with the feature `stacks`. Not in the recorded
/// expansions, which show what all builds have in common.
pub(crate) fn are_kept() -> bool {
    cfg!(any(debug_assertions, feature = "stacks")) && !cfg!(test)
}
