//! The program as a whole: the group of the process, its end, and the blocking calls of plain
//! threads.

pub(crate) mod background;
pub(crate) mod current_group;
pub(crate) mod of_test;
pub(crate) mod plain_threads;
pub(crate) mod shutdown;
