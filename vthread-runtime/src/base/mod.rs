//! Small building blocks that know nothing of vthreads.

pub(crate) mod arc;
pub(crate) mod blocks;
pub(crate) mod chance;
pub(crate) mod clock;
pub(crate) mod list;
pub(crate) mod type_question;
pub(crate) mod unique;
pub(crate) mod unwind;
pub(crate) mod wake;
