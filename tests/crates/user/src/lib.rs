//! Uses a library of vthread functions through re-exports, renames and globs.

#![deny(warnings)]
#![forbid(unsafe_code)]

#[cfg(test)]
mod calls;
#[cfg(test)]
mod implements;
#[cfg(test)]
mod paths;
