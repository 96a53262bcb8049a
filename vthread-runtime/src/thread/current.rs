//! The running vthread.

use super::ThreadId;
use crate::group::task::Task;
use crate::sync::Notify;
use crate::task::current;
use crate::task::header::Header;
use crate::task::id::LazyId;
use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;

/// A handle of a vthread, or of an OS thread outside of every vthread.
///
/// As [`std::thread::Thread`]. It keeps nothing alive, and may outlive its vthread.
#[derive(Clone)]
pub struct Thread {
    inner: Arc<Inner>,
}

struct Inner {
    id: ThreadId,
    name: Option<Box<str>>,
    /// The permit of the next `park`.
    token: Notify,
}

thread_local! {
    static OF_OS_THREAD: OnceCell<Thread> = const { OnceCell::new() };
}

/// Returns the running vthread; outside of every vthread, the OS thread. Never waits.
///
/// In a function that a plain thread has called, and in the body of its groups, that is the plain
/// thread.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::thread;
///
/// std::thread::Builder::new()
///     .name("plain".to_owned())
///     .spawn(|| assert_eq!(thread::current().name(), Some("plain")))
///     .unwrap()
///     .join()
///     .unwrap();
/// assert_eq!(thread::current().id(), thread::current().id());
/// ```
pub fn current() -> Thread {
    let of_task = current::with(|running| {
        let task = running?.task()?;
        Some(Thread::of(&task))
    });
    of_task.unwrap_or_else(Thread::of_os_thread)
}

impl Thread {
    fn of(task: &Header) -> Self {
        let inner = task.vthread.rare.companion(|| {
            Arc::new(Inner {
                id: task.id(),
                name: task.name().map(|name| (**name).into()),
                token: Notify::new(),
            })
        });
        let inner = inner.downcast().expect("no other type is put there");
        Thread { inner }
    }

    fn of_os_thread() -> Self {
        let kept = OF_OS_THREAD.try_with(|kept| kept.get_or_init(Thread::new_of_os_thread).clone());
        // A destructor of thread-locals asks.
        kept.unwrap_or_else(|_| Thread::new_of_os_thread())
    }

    fn new_of_os_thread() -> Self {
        Thread {
            inner: Arc::new(Inner {
                id: LazyId::default().get(),
                name: std::thread::current().name().map(Into::into),
                token: Notify::new(),
            }),
        }
    }

    /// Returns its number: that of its [`Task`], if it has one.
    pub fn id(&self) -> ThreadId {
        self.inner.id
    }

    /// Returns its name, if it has one: that of its `spawn!(name = ..)`.
    pub fn name(&self) -> Option<&str> {
        self.inner.name.as_deref()
    }

    /// Lets its current [`park`](super::park()) return, or else its next one. Never waits, never a
    /// checkpoint.
    pub fn unpark(&self) {
        self.inner.token.notify_one();
    }

    pub(super) fn token(&self) -> &Notify {
        &self.inner.token
    }
}

impl<V> Task<V> {
    /// Returns a handle of its vthread, to [`unpark`](Thread::unpark) it.
    pub fn thread(&self) -> Thread {
        Thread::of(self.header())
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread")
            .field("id", &self.id())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
