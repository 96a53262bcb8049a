//! The tests are the content: see `tests/peers.rs`.
