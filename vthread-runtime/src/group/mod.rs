//! Groups: which vthread belongs to which, and how a group ends. `README.md` beside this file gives
//! the protocol: the order of closing, the marks, and the basis of each rule of soundness.

pub(crate) mod claim;
pub(crate) mod leaving;
pub(crate) mod node;
pub(crate) mod owner;

pub(crate) mod handle;
pub(crate) mod options;

pub(crate) mod child;
pub(crate) mod limit;
pub(crate) mod outcome;
pub(crate) mod spawn;
pub(crate) mod task;
pub(crate) mod tasks;

pub(crate) mod infallible;
pub(crate) mod lifecycle;

pub(crate) mod collect;
pub(crate) mod error_format;
mod first_failure;
pub(crate) mod race;

pub(crate) mod lineage;

pub(crate) mod cancel;
pub(crate) mod grace;

#[cfg(all(test, loom))]
mod group_loom;
