//! tokio's context on the threads that run vthreads, so that futures of tokio find their runtime.
//!
//! A future that uses tokio's timers, sockets or tasks asks a thread-local value for its runtime,
//! some of them when they are made and not only when they are polled. So each thread of the library
//! is in that context for as long as it lives, and a plain thread as long as it makes a blocking
//! call. No poll pays for it.

use std::sync::OnceLock;
use tokio::runtime::{Builder, EnterGuard, Handle};

static HANDLE: OnceLock<Handle> = OnceLock::new();

/// Fixes the runtime: the configured one, or else one of our own. Called before the first thread of
/// the library is started.
///
/// It is not the one in whose context this thread may be: that of a `#[tokio::test]` ends with the
/// test, and the threads of the library go on.
///
/// # Panics
/// If a runtime of our own is needed, and the system gives it no thread or no poller.
#[cold]
pub(crate) fn settle(configured: Option<Handle>) {
    HANDLE.get_or_init(|| configured.unwrap_or_else(own));
}

/// A runtime that lasts as long as the process.
fn own() -> Handle {
    let name = super::thread_name("tokio");
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name(name)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => {
            let runtime: &'static _ = Box::leak(Box::new(runtime));
            runtime.handle().clone()
        }
        Err(error) => panic!("vthread cannot start a tokio runtime: {error}"),
    }
}

/// Puts the calling thread into the context until the guard is dropped, unless it is in one.
pub(crate) fn enter() -> Option<EnterGuard<'static>> {
    match Handle::try_current() {
        Ok(_) => None,
        Err(_) => HANDLE.get().map(Handle::enter),
    }
}
