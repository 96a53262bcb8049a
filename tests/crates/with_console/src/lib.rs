//! The test is the content: see `tests/lists.rs`.
