//! The handle of a group, for its body and its children.

#![allow(unsafe_code)] // Reaches the group by address.

use super::cancel::Reach;
use super::infallible::NoError;
use super::node::Node;
use super::owner::Owner;
use crate::base::arc::retain;
use crate::cancel::reason::CancelReason;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;

/// The handle of an open thread group, which `group!(g => ..)` gives to its body and `spawn!(g =>
/// ..)` takes.
///
/// A function that spawns into its caller's group takes `&Group<'scope, E>`, where `'scope` is the
/// time for which everything that the children borrow lives, and `E` the group's error type:
///
/// ```ignore
/// #[vthread]
/// fn fetch_all<'scope>(g: &Group<'scope, Error>, urls: &'scope [String]) {
///     for url in urls {
///         spawn!(g => { fetch(url)?; });
///     }
/// }
/// ```
///
/// A `Group<'scope>` is one whose children cannot fail.
pub struct Group<'scope, E = NoError> {
    /// Alive as long as the group or a child of it.
    node: *const Node,
    /// Invariant in both: a shorter `'scope` or another `E` would let a child outlive its borrows,
    /// or fail with a reference that dangles.
    #[allow(clippy::type_complexity)]
    _scope: PhantomData<(Cell<&'scope ()>, fn(E) -> E)>,
}

// SAFETY: a handle of the owner, which is `Sync` on the same terms.
unsafe impl<E: Send> Send for Group<'_, E> {}
// SAFETY: as above.
unsafe impl<E: Send> Sync for Group<'_, E> {}

impl<'scope, E> Group<'scope, E> {
    /// Another handle.
    ///
    /// # Safety
    /// - It goes into a body or child of this group.
    #[doc(hidden)]
    pub unsafe fn dup(&self) -> Group<'scope, E> {
        Group {
            node: self.node,
            _scope: PhantomData,
        }
    }

    /// A value of the error type, in code that never runs: pins the type.
    #[doc(hidden)]
    pub fn err(&self) -> E {
        unreachable!("dead code that only the compiler reads")
    }

    /// The error type, without a value.
    #[doc(hidden)]
    pub fn error_type(&self) -> PhantomData<fn() -> E> {
        PhantomData
    }

    /// Cancels the children, not the body: each ends at its next suspension point, and so does
    /// everything below it.
    ///
    /// Does not wait. A `spawn!` into the group starts nothing from now on.
    pub fn cancel(&self) {
        self.keep_node()
            .cancel(Reach::Children, CancelReason::GroupCancelled);
    }

    /// A handle of the group of `node`.
    ///
    /// # Safety
    /// - The handle does not outlive the node. It is not used after the group's end, unless
    ///   `'scope` is `'static` and the children cannot fail.
    /// - The owner of the node is an `Owner<E>`, or `E` has no values.
    pub(crate) unsafe fn of(node: &Arc<Node>) -> Self {
        Group {
            // Not by `&Node`: `keep_node` makes an `Arc` of it, which may free the node.
            node: Arc::as_ptr(node),
            _scope: PhantomData,
        }
    }

    pub(crate) fn node(&self) -> &Node {
        // SAFETY: a handle lives in the body, in a child, or in an `OwnedGroup`. All keep the node
        // alive.
        unsafe { &*self.node }
    }

    /// The node, by a pointer from which a share can be made.
    pub(crate) fn node_ptr(&self) -> *const Node {
        self.node
    }

    /// A share in the node.
    pub(crate) fn keep_node(&self) -> Arc<Node> {
        // SAFETY: alive, see `node`, and nodes are made in an `Arc` only.
        unsafe { retain(self.node) }
    }

    pub(crate) fn is_of(&self, owner: &Owner<E>) -> bool {
        ptr::eq(self.node, &*owner.node)
    }
}

impl<E> fmt::Debug for Group<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("site", &self.node().site)
            .finish_non_exhaustive()
    }
}
