//! Starts a child of a group.

#![allow(unsafe_code)] // `spawn` is for the macros only.

use super::child::Child;
use super::handle::Group;
use super::limit::Permit;
use super::options::SpawnOptions;
use super::task::Task;
use crate::task::handle::Handle;
use crate::task::header::About;
use crate::trace::Who;
use std::future::Future;
use std::sync::atomic::Ordering;

/// Starts a child.
///
/// # Safety
/// - `frame` was made by `spawn!`; `group` is open.
pub unsafe fn spawn<'scope, V, E, F>(
    group: &Group<'scope, E>,
    permit: Permit<'_>,
    options: SpawnOptions,
    frame: F,
) -> Task<V>
where
    F: Future<Output = Result<V, E>> + Send + 'scope,
    V: Send + 'scope,
    E: Send + 'scope,
{
    let child = Child::new(group);
    let node = group.node();
    let about = About {
        site: options.site,
        name: options.name,
        is_service: options.is_service,
    };
    // SAFETY: in an ended group, which an owned handle may lead to, nothing is borrowed. Else
    // `left` unlinks the child from the node, and `run` does not end while one is linked; the
    // borrows of the frame outlive `'scope`, which `run` keeps alive.
    let handle = unsafe {
        Handle::spawn(frame, child, about, |header| {
            header.has_permit().store(permit.keep(), Ordering::Relaxed);
            header.make_span(Some(Who {
                name: node.name.as_deref(),
                site: node.site,
                is_body: false,
            }));
            node.link(header)
        })
    };
    if handle.header().is_complete() {
        // Cancelled at birth, most likely.
        node.resume_late_panic();
    }
    Task::new(handle)
}
