//! What works on every system is in `tests/`. It has no other dependencies, so that it can be built
//! for a system that is not this one.
