//! A vthread: what runs, in which state it is, and which scope of its frame runs now.

pub(crate) mod current;
pub(crate) mod scope;
