//! `background!`: children of the process.

#![allow(unsafe_code)] // `background` is for the macros only.

use super::shutdown::{BackgroundError, Cause, Process};
use crate::base::unwind::{Ended, Payload};
use crate::group::options::SpawnOptions;
use crate::group::task::Task;
use crate::task::cell::Parent;
use crate::task::handle::Handle;
use crate::task::header::{About, End, Header, Held, release};
use std::future::Future;
use std::marker::PhantomData;
use std::ptr;

/// The error type of the children of the process, without a value.
pub fn background_error() -> PhantomData<fn() -> BackgroundError> {
    PhantomData
}

/// Starts a child of the process.
///
/// # Safety
/// - `frame` was made by `background!`.
pub unsafe fn background<V, F>(options: SpawnOptions, frame: F) -> Task<V>
where
    F: Future<Output = Result<V, BackgroundError>> + Send + 'static,
    V: Send + 'static,
{
    let process = Process::current();
    let about = About {
        site: options.site,
        name: options.name,
        is_service: false,
    };
    // SAFETY: the frame borrows nothing that can end, so no frame has to wait for it.
    let handle = unsafe {
        Handle::spawn(frame, ProcessParent(process), about, |header| {
            header.make_span(None);
            process.node.link(header)
        })
    };
    Task::new(handle)
}

/// The parent of such a child.
struct ProcessParent(&'static Process);

impl<V> Parent<Result<V, BackgroundError>> for ProcessParent {
    type Value = V;

    fn ended(&self, header: &Header, ended: Ended<Result<V, BackgroundError>>) -> (End, Option<V>) {
        match ended {
            Ended::Finished(Ok(value)) => (End::Done, Some(value)),
            Ended::Finished(Err(error)) => {
                self.0.record(header, Cause::Error(error));
                (End::Failed, None)
            }
            Ended::Panicked(payload) => {
                self.0.record(header, Cause::of_panic(payload));
                (End::Panicked, None)
            }
            Ended::Cancelled => (End::Cancelled, None),
        }
    }

    fn panicked(&self, header: &Header, payload: Payload) {
        self.0.record(header, Cause::of_panic(payload));
    }

    fn cleanup_pending(&self, task: Held<'_>) {
        self.0.node.child_cleanup_pending(task);
    }

    /// None: `Group::current()` finds the process by itself.
    fn address(&self) -> *const () {
        ptr::null()
    }

    unsafe fn left(self, task: Held<'_>) {
        self.0.left(&task);
        // SAFETY: by the contract.
        unsafe { release(task.as_ptr()) };
    }
}
