//! The group of a test. It is to the vthreads of a test what that of the process is to a program's:
//! `background!` and `Group::current()` find it where no other group is open.

use super::shutdown::{BackgroundFailure, Cause, Process};
use crate::base::unwind::Payload;
use crate::group::node::{Node, ProcessGroup};
use crate::task::bindings::{Bindings, lookup};
use crate::task::header::Header;
use crate::task::root::Root;
use crate::task::wait_for::Site;
use parking_lot::Mutex;
use std::fmt;
use std::ptr;
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

/// The variable to which the vthreads of a test have its group bound, by address.
static KEY: u8 = 0;

/// The groups that no test uses. They are never freed, and used for one test after another.
static IDLE: Mutex<Vec<&'static Process>> = Mutex::new(Vec::new());
/// Those of tests that run now.
static IN_USE: Mutex<Vec<&'static Process>> = Mutex::new(Vec::new());

fn key() -> usize {
    ptr::from_ref(&KEY).addr()
}

/// The group of the test that has led to the code which runs here.
pub(crate) fn current() -> Option<&'static Process> {
    lookup(key(), |value| {
        let of_test: Option<&OfTest> = value.and_then(|value| value.downcast_ref());
        of_test.map(|of_test| of_test.0)
    })
}

/// The groups of all tests that run now.
pub(super) fn all() -> Vec<&'static Process> {
    IN_USE.lock().clone()
}

/// The group of a test.
#[derive(Clone, Copy)]
pub(crate) struct OfTest(&'static Process);

/// A child that has not ended.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) name: Option<String>,
    pub(crate) site: Site,
    /// The reason of its wait.
    pub(crate) waits: &'static str,
}

impl OfTest {
    /// A group without children.
    pub(crate) fn begin() -> Self {
        let process = IDLE.lock().pop().unwrap_or_else(make);
        IN_USE.lock().push(process);
        OfTest(process)
    }

    /// Runs `code`, whose vthreads belong to the test.
    pub(crate) fn within<R>(self, code: impl FnOnce() -> R) -> R {
        Bindings::current().and(key(), Arc::new(self)).within(code)
    }

    /// The call of the test's own body is about to begin.
    pub(crate) fn begin_body(self, root: &Arc<Root>, site: Site) {
        root.set_site(Some(site));
        *self.0.body.lock() = Arc::downgrade(root);
    }

    pub(crate) fn process(self) -> &'static Process {
        self.0
    }

    /// Waits for the children, at most for `patience`. Returns those that are left.
    pub(crate) fn wait(self, patience: Duration) -> Vec<Left> {
        self.0.wait_for_children(Instant::now() + patience);
        self.left()
    }

    /// The children that have not ended.
    pub(crate) fn left(self) -> Vec<Left> {
        let mut left = Vec::new();
        self.0.for_each_child(|child, _| {
            left.push(Left {
                name: child.name().map(|name| name.to_string()),
                site: child.site(),
                waits: child.vthread.wait_reason.get().words(),
            });
        });
        left.reverse();
        left
    }

    /// Cancels the children. Does not wait.
    pub(crate) fn cancel(self) {
        self.0.begin_end_with(None, |_| 0);
    }

    /// The test is over: returns the failures of its children.
    pub(crate) fn end(self) -> Vec<BackgroundFailure> {
        *self.0.body.lock() = Weak::new();
        let failures = self.0.take_failures();
        IN_USE.lock().retain(|used| !ptr::eq(*used, self.0));
        if self.0.is_unused() {
            IDLE.lock().push(self.0);
        }
        failures
    }
}

fn make() -> &'static Process {
    let group: &'static TheTest = Box::leak(Box::default());
    let process: &'static Process = Box::leak(Box::new(Process::with(Node::of_process(group))));
    assert!(group.0.set(process).is_ok(), "just made");
    process
}

/// The test, for its children that were spawned through an owned handle.
#[derive(Default)]
struct TheTest(OnceLock<&'static Process>);

impl TheTest {
    fn process(&self) -> &'static Process {
        self.0.get().expect("set where it is made")
    }
}

impl ProcessGroup for TheTest {
    fn record_panic(&self, child: &Header, payload: Payload) {
        self.process().record(child, Cause::of_panic(payload));
    }

    fn left(&self, child: &Header) {
        self.process().left(child);
    }
}

impl fmt::Debug for TheTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TheTest")
    }
}
