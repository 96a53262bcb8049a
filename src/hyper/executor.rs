//! hyper's tasks as children of a group.

use crate::{Group, OwnedGroup};
use std::future::Future;
use vthread_macros::spawn;

/// hyper's executor: a future that hyper spawns becomes a child of a group.
///
/// HTTP/2 needs one for its streams. The group waits for what was spawned, and cancels it with the
/// rest. A panic in such a future is one of the group.
///
/// ```ignore
/// let http2 = hyper::client::conn::http2::Builder::new(Executor::current());
/// ```
#[derive(Clone, Debug)]
pub struct Executor {
    group: OwnedGroup,
}

impl Executor {
    /// One for the innermost group around the code that runs now: see [`Group::current`].
    ///
    /// The group has no `max_concurrency`. With one a future waits for room in the middle of the
    /// poll that spawns it, which holds up the whole connection.
    pub fn current() -> Self {
        Executor {
            group: Group::current(),
        }
    }
}

impl<F> ::hyper::rt::Executor<F> for Executor
where
    F: Future + Send + 'static,
{
    #[track_caller]
    fn execute(&self, future: F) {
        let group = &self.group;
        spawn!(group => {
            future.await;
        });
    }
}
