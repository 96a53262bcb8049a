//! Stacks in a build without them: nothing is noted, and nothing is known.

use super::seen_stack::SeenStack;
use super::wait_for::Site;

/// Would be a place in the program at which a vthread function is called.
#[derive(Debug)]
pub struct Here;

impl Here {
    /// A place.
    pub const fn new(_: Site) -> Self {
        Here
    }
    #[inline(always)]
    pub(super) fn waits(&self, _: fn() -> &'static str) {}
}

/// Would be the place of an operation that may have none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct At;

impl At {
    #[inline(always)]
    pub(crate) fn new(_: &'static Here) -> Self {
        At
    }
    #[inline(always)]
    pub(crate) fn waits(self, _: fn() -> &'static str) {}
}

#[inline(always)]
pub(crate) fn goes_on() {}

#[inline(always)]
pub(crate) fn beside<R>(poll: impl FnOnce() -> R, _: impl FnOnce(&R) -> bool) -> R {
    poll()
}

#[inline(always)]
pub(super) fn cut() {}

#[inline(always)]
pub(super) fn in_recursion(_: Option<&Stack>, _: bool) {}

/// Would be the stack of a vthread that waits.
#[derive(Debug)]
pub(crate) struct Stack;

impl Stack {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Stack
    }
    #[inline(always)]
    pub(super) fn pushed(&self) {}
    #[inline(always)]
    pub(super) fn popped(&self) {}
    #[inline(always)]
    pub(crate) fn waits(&self) {}
    pub(crate) fn see(&self) -> SeenStack {
        SeenStack::default()
    }
}

#[inline(always)]
pub(crate) fn renew_clock() {}
