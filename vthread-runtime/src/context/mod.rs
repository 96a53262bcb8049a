//! Context: variables that code binds for what it calls and spawns.
//!
//! What a vthread inherits is kept where vthreads are (`task/bindings.rs`); here are the two things that
//! programs see of it: a variable with its default, and a block in which it is bound.

pub(crate) mod bind;
pub(crate) mod variable;
