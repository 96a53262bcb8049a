//! Why a vthread was cancelled.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// Why a vthread was cancelled: the request, or the member whose failure it was.
///
/// The reason travels with the cancellation: a vthread that is cancelled along with a group,
/// however deep in the tree below it, has the group's reason. Where several reasons meet, the first
/// one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CancelReason {
    /// Another member of the group, or of a group further out, has failed or panicked.
    SiblingFailed(FailedMember),
    /// [`Group::cancel`](crate::Group::cancel) was called.
    GroupCancelled,
    /// [`Task::cancel`](crate::Task::cancel) was called.
    TaskCancelled,
    /// The time of a `timeout!` around the group was over.
    TimedOut,
    /// Another branch of the `select!` around the group, or another runner of the `race!`, has won.
    NotSelected,
    /// The group has ended: the child was a service, or was spawned too late.
    GroupEnded,
    /// The process shuts down.
    Shutdown,
    /// There was a deadlock below the same blocking call:
    /// [`OnDeadlock::CancelRoot`](crate::OnDeadlock::CancelRoot).
    Deadlock,
}

/// The member of a group whose failure has cancelled the others.
#[derive(Clone, PartialEq, Eq)]
pub struct FailedMember(Arc<Facts>);

#[derive(Debug, PartialEq, Eq)]
struct Facts {
    name: Option<Cow<'static, str>>,
    site: &'static Location<'static>,
    is_body: bool,
    has_panicked: bool,
}

impl FailedMember {
    /// A child, as its `spawn!` describes it.
    pub(crate) fn child(
        name: Option<&Cow<'static, str>>,
        site: &'static Location<'static>,
        has_panicked: bool,
    ) -> Self {
        FailedMember(Arc::new(Facts {
            name: name.cloned(),
            site,
            is_body: false,
            has_panicked,
        }))
    }

    /// The body of a group, as its `group!` describes it.
    pub(crate) fn body(
        name: Option<&Cow<'static, str>>,
        site: &'static Location<'static>,
        has_panicked: bool,
    ) -> Self {
        FailedMember(Arc::new(Facts {
            name: name.cloned(),
            site,
            is_body: true,
            has_panicked,
        }))
    }

    /// Returns the name given at `spawn!(name = .. => ..)`, or at `group!(name = .. => ..)` if it
    /// was the body.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Returns the location of the `spawn!` that made the child, or of the `group!` whose body it
    /// was.
    pub fn location(&self) -> &'static Location<'static> {
        self.0.site
    }

    /// Returns whether it was the body of the group, and not a child.
    pub fn is_body(&self) -> bool {
        self.0.is_body
    }

    /// Returns whether it panicked. Otherwise it ended with an error.
    pub fn has_panicked(&self) -> bool {
        self.0.has_panicked
    }

    pub(crate) fn into_raw(self) -> *const () {
        Arc::into_raw(self.0).cast()
    }
}

/// The inverse of `into_raw`, in a module of its own because it is unsafe.
pub(crate) mod raw {
    #![allow(unsafe_code)] // Counts references by address.

    use super::{Facts, FailedMember};
    use std::sync::Arc;

    /// # Safety
    /// - `raw` came from `into_raw`, and is given up by this call.
    pub(crate) unsafe fn from_raw(raw: *const ()) -> FailedMember {
        // SAFETY: by the contract.
        FailedMember(unsafe { Arc::from_raw(raw.cast::<Facts>()) })
    }

    /// Another reference.
    ///
    /// # Safety
    /// - `raw` came from `into_raw`, and is not given up while this runs.
    pub(crate) unsafe fn clone_raw(raw: *const ()) -> FailedMember {
        // SAFETY: by the contract; the reference that is added is the one that is returned.
        unsafe {
            Arc::increment_strong_count(raw.cast::<Facts>());
            from_raw(raw)
        }
    }
}

impl fmt::Debug for FailedMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads as in "it was cancelled: `x` (spawned at src/main.rs:3:5) failed".
impl fmt::Display for FailedMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts {
            name,
            site,
            is_body,
            has_panicked,
        } = &*self.0;
        match (name, is_body) {
            (Some(name), false) => write!(f, "`{name}` (spawned at {site})")?,
            (None, false) => write!(f, "the vthread spawned at {site}")?,
            (Some(name), true) => write!(f, "the body of the group `{name}` ({site})")?,
            (None, true) => write!(f, "the body of the group at {site}")?,
        }
        f.write_str(if *has_panicked {
            " panicked"
        } else {
            " failed"
        })
    }
}

impl fmt::Display for CancelReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CancelReason::SiblingFailed(member) => return member.fmt(f),
            CancelReason::GroupCancelled => "`Group::cancel` was called",
            CancelReason::TaskCancelled => "`Task::cancel` was called",
            CancelReason::TimedOut => "a `timeout!` elapsed",
            CancelReason::NotSelected => {
                "another branch of a `select!`, or runner of a `race!`, won"
            }
            CancelReason::GroupEnded => "the group ended",
            CancelReason::Shutdown => "the process shuts down",
            CancelReason::Deadlock => "there was a deadlock",
        })
    }
}
