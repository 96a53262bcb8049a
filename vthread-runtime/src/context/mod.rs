//! Context: variables that code binds for the code that it calls and spawns.
//!
//! The inherited bindings are kept with the vthread (`task/bindings.rs`); this module has the two
//! things that programs see of them: a variable with its default, and a block in which it is bound.

pub(crate) mod bind;
pub(crate) mod variable;
