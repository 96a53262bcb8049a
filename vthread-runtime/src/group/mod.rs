//! Groups: who waits for whom, and how a vthread ends. `README.md` beside this file gives the
//! protocol: the order of closing, the marks, and what each rule of soundness rests on.

pub(crate) mod cancel;
pub(crate) mod claim;
mod failure;
pub(crate) mod grace;
mod node;
mod notice;

pub(crate) mod failures;
pub(crate) mod map_concurrent;
pub(crate) mod native;
pub(crate) mod options;
pub(crate) mod owned;
pub(crate) mod owner;
pub(crate) mod race;
pub(crate) mod run;
pub(crate) mod telling;
pub(crate) mod view;

pub(crate) mod catch;
pub(crate) mod enclosure;
pub(crate) mod guard;
pub(crate) mod select;
pub(crate) mod shield;

pub(crate) mod child;
pub(crate) mod outcome;
pub(crate) mod room;
pub(crate) mod task;

pub mod call;
pub(crate) mod closure;
pub(crate) mod foreign;
pub(crate) mod frame_sizes;
pub(crate) mod steps;
pub(crate) mod yield_now;

pub(crate) mod block_on;
pub(crate) mod census;
pub(crate) mod outermost;
mod roots;

pub(crate) mod background;
pub(crate) mod run_main;
pub(crate) mod shutdown;

#[cfg(all(test, loom))]
mod models;
