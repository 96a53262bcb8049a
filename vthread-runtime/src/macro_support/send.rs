//! The bound on a group's error type, once and in the user's terms.

use crate::group::handle::Group;

/// An error that may move to the thread of the group's parent.
#[diagnostic::on_unimplemented(
    message = "the error type of a group must be `Send`, and `{Self}` is not",
    label = "this group's children fail with `{Self}`, on other threads",
    note = "for a boxed error write `Box<dyn Error + Send + Sync>`",
    note = "or give the group an error type of its own: `group!(error = E => {{ .. }})`"
)]
pub trait ErrorIsSend {}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<E: Send> ErrorIsSend for E {}

/// In dead code beside each group that has an error type.
pub fn error_is_send<E: ErrorIsSend>(_: &Group<'_, E>) {}
