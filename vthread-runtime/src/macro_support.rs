//! The entry points that generated code may name. Nothing here is meant for people.
#![allow(missing_docs, missing_debug_implementations)]

mod asked;
pub mod blocking;
mod capture;
mod choice;
mod claims;
mod closures;
mod dead;
mod debug;
mod exits;
mod io_names;
mod kinds;
mod loops;
mod lost_updates;
mod pointers;
mod probe;
mod probe_io;
mod send;
mod tails;

pub use crate::context::bind::{
    Bind, IsContextVar, NewBindings, bind, bound, bound_here, context_variable,
};
pub use crate::context::variable::ContextVar;
pub use crate::group::background::{background, background_error};
pub use crate::group::block_on::block_on;
pub use crate::group::call::{
    __VTHREAD_KIND, Boxed, Call, FunctionKind, Suspends, call, frame, name_hash,
};
pub use crate::group::catch::{CatchUnwind, catch_unwind};
pub use crate::group::claim::claim;
pub use crate::group::foreign::{Foreign, foreign};
pub use crate::group::guard::{Finish, Guard, Guarded, finish, guard};
pub use crate::group::native::{Kind, Leaves, Native, NoError, Slot, Stop, UntilDone, until_done};
pub use crate::group::options::{GroupOptions, SpawnOptions};
pub use crate::group::owner::Owner;
pub use crate::group::race::{Finish as RaceFinish, Runs as RaceRuns, runs as race_runs};
pub use crate::group::room::{Permit, Regain, Room, no_room, regain, room};
pub use crate::group::run::Run;
pub use crate::group::run_main::{MainEnded, run_main, status};
pub use crate::group::select::{Branch, Branches, NoBranch, Or, Select, branch, select};
pub use crate::group::shield::{Shield, shield};
pub use crate::group::task::{Task, TaskJoin};
pub use crate::group::telling::telling;
pub use crate::group::view::{Group, spawn};
pub use crate::task::line::{Segment, segment};
pub use crate::time::timeout::{Timeout, timeout};

pub use crate::questions::{Answer, Asked, chosen};
pub use crate::{
    __call_type as call_type, __dbg_as as dbg_as, __shown_call_type as shown_call_type,
    __shown_type as shown_type,
};
pub use asked::{AResult, Another, Ends, FailsAs, MayFail, Neither, Returned, Whole};
pub use asked::{child_fails, child_may_fail, group_fails_as, return_type};
pub use choice::{IsCall, IsPlain, NoFrame};
pub use claims::{Attempt, Claims, Ending, claim_failure, claimed, failing};
pub use closures::{ClosureTag, closure, closure_any, closure_code, closure_tag, returned};
pub use dead::{Never, Returns, absurd, any, error_unknown, error_value, never};
pub use exits::{Ctl, Move};
pub use io_names::IoSuspends;
pub use kinds::{no, none};
pub use loops::{Head, head, steps};
pub use lost_updates::changed;
pub use probe::{Tag, Ty, Unnamed, ty};
pub use send::{ErrorIsSend, error_is_send};
pub use tails::{ChildrenMayFail, Failing, FailsInto, Plainly, Tail, fails, split};

/// What a frame brings into scope, since each probe names it.
pub mod in_frame {
    pub use super::probe::{
        tag as __vthread_tag, tag_of_raw as __vthread_tag_of_raw,
        tag_of_result as __vthread_tag_of_result, tag_of_value as __vthread_tag_of_value,
        ty as __vthread_ty,
    };
    pub use super::probe_io::io as __vthread_io;
    pub use crate::questions::chosen as __vthread_chosen;
}
