//! The entry points that generated code may name. Not meant for users.
#![allow(missing_docs, missing_debug_implementations)]

pub mod blocking;
mod body_exit;
mod choice;
mod closures;
mod dead_code;
mod debug;
mod editor;
mod failing_exit;
mod frame_type;
pub mod functions;
pub mod io_frames;
mod io_names;
mod loops;
mod lost_updates;
mod namespace_probe;
mod pointers;
mod probe;
mod probe_io;
mod return_type;
mod send;
mod tails;
mod unsuspending;

pub use crate::call::block_on::block_on;
pub use crate::call::main::{MainEnded, run_main, status};
pub use crate::context::bind::{
    Bind, IsContextVar, NewBindings, bind, bound, bound_here, context_variable,
};
pub use crate::context::variable::ContextVar;
pub use crate::group::claim::claim;
pub use crate::group::error_format::error_format;
pub use crate::group::handle::Group;
pub use crate::group::infallible::{
    Infallible, Kind, Leaves, NoError, Slot, Stop, UntilDone, until_done,
};
pub use crate::group::lifecycle::GroupBody;
pub use crate::group::limit::{
    AcquirePermit, Permit, ReacquirePermit, acquire_permit, no_permit, reacquire_permit,
};
pub use crate::group::options::{GroupOptions, SpawnOptions};
pub use crate::group::owner::Owner;
pub use crate::group::race::{Finish as RaceFinish, Runs as RaceRuns, runs as race_runs};
pub use crate::group::spawn::spawn;
pub use crate::group::task::{Task, TaskJoin};
pub use crate::program::background::{background, background_error};
pub use crate::scoped::await_future::{AwaitFuture, await_future, await_future_at};
pub use crate::scoped::catch_unwind::{CatchUnwind, catch_unwind};
pub use crate::scoped::defer::{BlockEnd, Defer, Finish, defer, finish};
pub use crate::scoped::in_span::{InSpan, in_span};
pub use crate::scoped::select::{
    Branch, Branches, NoBranch, Or, Select, branch, branch_if, select, select_biased,
    select_biased_or_default, select_or_default,
};
pub use crate::scoped::shield::{Shield, shield};
pub use crate::task::call::{
    __VTHREAD_KIND, Boxed, Call, FunctionKind, Suspends, call, frame, name_hash,
};
pub use crate::task::level::{Level, level};
pub use crate::task::recursion::{Segment, segment};
pub use crate::task::stack::Here;
pub use crate::testing::run::{TestOptions, run_test};
pub use crate::time::bounded::{Timeout, timeout};
pub use crate::time::time_limit::end_of_time;

pub use std::panic::Location;

pub use crate::base::type_question::{Answer, Asked, chosen};
pub use crate::io::in_place::io_call;
pub use crate::{
    __call_type as call_type, __dbg_as as dbg_as, __shown_call_type as shown_call_type,
    __shown_type as shown_type,
};
pub use body_exit::{Ctl, Move};
pub use choice::{IsCall, IsPlain, NoFrame};
pub use closures::{ClosureTag, closure, closure_any, closure_code, closure_tag, returned};
pub use dead_code::{Never, Returns, absurd, any, error_unknown, error_value, never};
pub use failing_exit::{Attempt, Claims, Ending, claim_failure, claimed, failing};
pub use io_names::IoSuspends;
pub use loops::{Head, head, steps};
pub use lost_updates::changed;
pub use namespace_probe::{FoundByAGlob, no, none};
pub use probe::{OwnMethod, Tag, Ty, Unnamed, is_own_method, ty};
pub use return_type::{AResult, Another, Ends, FailsAs, MayFail, Neither, Returned, Whole};
pub use return_type::{child_fails, child_may_fail, group_fails_as, return_type};
pub use send::{ErrorIsSend, error_is_send};
pub use tails::{ChildrenMayFail, Failing, FailsInto, Plainly, Tail, fails, split};
pub use unsuspending::{Unsuspending, unsuspending};

/// The names that a frame brings into scope, since each probe uses them.
pub mod in_frame {
    pub use super::editor::Value as __VthreadValue;
    pub use super::probe::{
        tag as __vt_tag, tag_of_raw as __vt_tag_of_raw, tag_of_result as __vt_tag_of_result,
        tag_of_value as __vt_tag_of_value, ty as __vt_ty,
    };
    pub use super::probe_io::io as __vt_io;
    pub use crate::base::type_question::chosen as __vt_chosen;
}
