//! The macros of `vthread`.
#![forbid(unsafe_code)]
