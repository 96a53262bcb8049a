//! A task: one state machine on the heap, and what every vthread has, spawned or not. `README.md`
//! beside this file draws the life cycle.

pub(crate) mod state;

pub(crate) mod vthread;

pub(crate) mod bindings;
pub(crate) mod current_map;
pub(crate) mod guard_escape;
mod leaks;
pub(crate) mod wait_for;
pub(crate) mod wait_reason;

pub(crate) mod current;
pub(crate) mod poll;
pub(crate) mod race_turn;
pub(crate) mod recursion;
pub(crate) mod stack_top;
pub(crate) mod taking;

pub(crate) mod level;
pub(crate) mod seen_stack;
#[cfg(all(any(debug_assertions, feature = "stacks"), not(loom)))]
pub(crate) mod stack;
#[cfg(not(all(any(debug_assertions, feature = "stacks"), not(loom))))]
#[path = "stack_disabled.rs"]
pub(crate) mod stack;

mod cold;
pub(crate) mod id;
mod recorded;
mod traced;

pub(crate) mod frame_waker;
pub(crate) mod header;
pub(crate) mod short_waker;
pub(crate) mod waker;

pub(crate) mod cell;
pub(crate) mod handle;

pub(crate) mod call;

pub(crate) mod notice;
pub(crate) mod root;
