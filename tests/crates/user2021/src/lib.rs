//! A user of edition 2021.

#![deny(warnings)]
#![forbid(unsafe_code)]

#[cfg(test)]
mod captures;
#[cfg(test)]
mod temporaries;
