//! The entry points that generated code may name. Nothing here is meant for people.
#![allow(missing_docs)]

pub use crate::group::call::{Call, Suspends, name_hash};
