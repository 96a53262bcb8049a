//! Pieces of generated code.

pub(crate) mod attributes;
pub(crate) mod call;
pub(crate) mod error_inference;
pub(crate) mod group_prologue;
pub(crate) mod parens;
pub(crate) mod write;
