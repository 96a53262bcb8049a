//! The vthread that this kernel thread polls right now.

use std::task::{Context, Poll};

/// The check that every library operation makes before it starts, and whenever it is polled.
///
/// `Pending`: the vthread is cancelled (nothing is registered, its frame is about to be dropped),
/// or it has spent its budget (it is polled again soon). Return `Pending` and register nothing.
///
/// Under a foreign executor (a plain `block_on` inside a closure) it is always `Ready`.
#[inline]
pub(crate) fn checkpoint(_cx: &mut Context<'_>) -> Poll<()> {
    Poll::Ready(())
}
