//! A user of edition 2021.

#![cfg_attr(test, deny(warnings))]
#![cfg_attr(not(test), allow(unused))]
#![forbid(unsafe_code)]

#[cfg(test)]
mod captures;
#[cfg(test)]
mod temporaries;
