//! Questions about the user's code. They read, and change nothing.

pub(crate) mod captures;
pub(crate) mod endless_recursion;
pub(crate) mod format_args;
pub(crate) mod impl_siblings;
pub(crate) mod indexed_places;
pub(crate) mod items_of_code;
pub(crate) mod loop_exit;
pub(crate) mod lost_updates;
pub(crate) mod module_around;
pub(crate) mod scopes;
pub(crate) mod tail;
pub(crate) mod types_around;
pub(crate) mod walk;
