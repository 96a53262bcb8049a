//! The ways into vthread code: blocking calls, `main`, closures, and calls in loops and iterators.

pub(crate) mod block_on;
mod in_a_future;
pub(crate) mod main;
pub(crate) mod not_made;

pub(crate) mod closure;
pub(crate) mod map_concurrent;

pub(crate) mod for_loop;
mod task_steps;
pub(crate) mod yield_now;
