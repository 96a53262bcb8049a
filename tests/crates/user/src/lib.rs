//! Uses a library of vthread functions through re-exports, renames and globs.

#![cfg_attr(test, deny(warnings))]
#![cfg_attr(not(test), allow(unused))]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate exporter as renamed;

mod calls;
#[cfg(test)]
mod implements;
#[cfg(test)]
mod paths;
