//! Small building blocks that know nothing of vthreads.

pub(crate) mod arc;
pub(crate) mod blocks;
#[cfg(all(any(debug_assertions, feature = "stacks"), not(loom)))]
pub(crate) mod call_chain;
pub(crate) mod chance;
pub(crate) mod clock;
pub(crate) mod late_box;
pub(crate) mod list;
pub(crate) mod overwrite;
#[cfg(all(any(debug_assertions, feature = "stacks"), not(loom)))]
pub(crate) mod ticks;
pub(crate) mod type_question;
pub(crate) mod unique;
pub(crate) mod unwind;
pub(crate) mod wake;
