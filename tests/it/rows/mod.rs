//! The edge cases of structured concurrency, each with the answer given. The number in a test's name is that of
//! the edge case in `README.md` beside this file.

mod checkpoints;
mod grace;
mod selects;
mod structure;
mod timeouts;
