//! Failures as a group records them: the first one cancels the group, and later ones are not lost.

use super::cancel::Reach;
use super::node::{Node, State};
use crate::base::unwind::{Payload, drop_quietly};
use crate::cancel::in_progress::CancelInProgress;
use crate::cancel::reason::{CancelReason, FailedMember};
use crate::task::header::Header;
use crate::trace::{self, Who};
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;

/// The member that a failure belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    name: Option<&'a Cow<'static, str>>,
    site: &'static Location<'static>,
    is_body: bool,
}

impl<'a> From<&'a Header> for Member<'a> {
    fn from(child: &'a Header) -> Self {
        Member {
            name: child.name(),
            site: child.site(),
            is_body: false,
        }
    }
}

impl<'a> Member<'a> {
    /// The member as the subject of an event.
    pub(crate) fn who(self) -> Who<'a> {
        Who {
            name: self.name.map(|name| name.as_ref()),
            site: self.site,
            is_body: self.is_body,
        }
    }

    fn blame(self, has_panicked: bool) -> CancelReason {
        let make = if self.is_body {
            FailedMember::body
        } else {
            FailedMember::child
        };
        CancelReason::SiblingFailed(make(self.name, self.site, has_panicked))
    }
}

impl Node {
    /// The group's body, as one of its members.
    pub(crate) fn body(&self) -> Member<'_> {
        Member {
            name: self.name.as_ref(),
            site: self.site,
            is_body: true,
        }
    }

    /// Cancels the group because of an error of `member`, which `note` records. If another member
    /// was first, its walk may still be marking: in any case all are marked when this returns.
    pub(crate) fn cancel_for(self: &Arc<Self>, member: Member<'_>, note: impl FnOnce(&mut State)) {
        self.cancel_for_error(member.blame(false), note);
    }

    /// Records a panic; the first one is kept, and the group is cancelled.
    pub(crate) fn record_panic(self: &Arc<Self>, payload: Payload, member: Member<'_>) {
        let marking = CancelInProgress::begin();
        let late = {
            let mut state = self.lock();
            state.turn_prompt();
            state.failure.count += 1;
            state.failure.first.outrank();
            match state.failure.panic {
                None => {
                    state.failure.panic = Some(payload);
                    None
                }
                Some(_) => Some(payload),
            }
        };
        self.cancel(Reach::Body, member.blame(true));
        drop(marking);
        if let Some(late) = &late {
            trace::late_panic(member.who(), &**late);
        }
        drop_quietly(late);
    }

    /// Drops a value that belonged to a member, outside every lock; a panic is the group's.
    pub(crate) fn drop_in_group<T>(self: &Arc<Self>, value: T, member: Member<'_>) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
            self.record_panic(payload, member);
        }
    }
}
