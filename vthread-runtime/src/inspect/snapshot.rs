//! A snapshot: every vthread that can be reached from the blocking calls, and its wait.
//!
//! Nothing is stopped for it. Each group, and each vthread's list of scopes, is read under its own
//! lock, so the data of one vthread was true at one moment, but not at the same moment as that of
//! another. Frames are not read.
//!
//! Locks are taken downwards, as by a cancellation: a group's, then the list of scopes of one of
//! its vthreads.

#![allow(unsafe_code)] // From a registered scope to the group around it.

use crate::cancel::reason::CancelReason;
use crate::cancel::scope::Kind;
use crate::group::cancel::{Walk, mark_child, node_of};
use crate::group::node::Node;
use crate::program::shutdown::{self, Process};
use crate::task::current;
use crate::task::guard_escape::Stamp;
use crate::task::header::{Header, SeenJoiner};
use crate::task::id::TaskId;
use crate::task::root::{self, Root};
use crate::task::seen_stack::{SeenCall, SeenStack};
use crate::task::state::Activity;
use crate::task::vthread::Vthread;
use crate::task::wait_for;
use crate::task::wait_for::{SeenWait, Site};
use crate::task::wait_reason::WaitReason;
use std::ptr;
use std::sync::Arc;

/// The extent of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Vthreads that have opened a group, and those that wait for a lock or for another vthread.
    /// Without names.
    Waits,
    /// The same, with names.
    NamedWaits,
    /// All vthreads.
    All,
}

/// All vthreads, parents before their children.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) vthreads: Vec<SeenVthread>,
    pub(crate) groups: Vec<SeenGroup>,
}

/// The role of a vthread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The root of a blocking call.
    Root,
    Child,
    Service,
    /// A child of the process.
    Background,
}

/// A vthread.
#[derive(Debug)]
pub(crate) struct SeenVthread {
    pub(crate) role: Role,
    pub(crate) name: Option<String>,
    /// None of a blocking call, and none where only waits are asked for.
    pub(crate) task_id: Option<TaskId>,
    /// The location where it was spawned, or where the blocking call was made.
    pub(crate) site: Option<Site>,
    /// The data pointer of its own waker.
    pub(crate) waker: *const (),
    pub(crate) stamp: Stamp,
    pub(crate) leaked: u32,
    pub(crate) born: u32,
    /// It is cancelled, or will be when others end. Independent of the scopes around it.
    pub(crate) is_ending: bool,
    pub(crate) activity: Activity,
    pub(crate) wait_reason: WaitReason,
    pub(crate) lock: Option<SeenWait>,
    pub(crate) joiner: Option<SeenJoiner>,
    /// The groups that are open in its frame, innermost first.
    pub(crate) groups: Vec<usize>,
    /// The blocking call that its plain code makes, by the data pointer of its waker, and whether
    /// no mark and no time limit of this vthread reaches that.
    pub(crate) nested: Option<(*const (), bool)>,
    /// The group of which it is a child.
    pub(crate) within: Option<usize>,
    /// Its calls, where all is asked for.
    pub(crate) stack: SeenStack,
}

/// A group.
#[derive(Debug)]
pub(crate) struct SeenGroup {
    pub(crate) name: Option<String>,
    pub(crate) site: Site,
    pub(crate) owner: usize,
    /// The number of the owner's wait for its children, if it waits for them.
    pub(crate) joining: Option<u64>,
    /// No mark and no time limit of the owner reaches it.
    pub(crate) is_unlimited: bool,
    pub(crate) is_cancelled: bool,
    pub(crate) n_failures: usize,
    pub(crate) n_alive: usize,
    pub(crate) n_running: usize,
    pub(crate) n_queued: usize,
    pub(crate) limit: usize,
    pub(crate) leaked: u32,
    /// Those in the snapshot, youngest first.
    pub(crate) children: Vec<usize>,
    /// The greatest count at birth of those children that are not in the snapshot.
    pub(crate) others_born: u32,
}

/// An open group that is still to be visited.
struct Pending {
    node: Arc<Node>,
    owner: usize,
    is_unlimited: bool,
}

/// Takes a snapshot.
pub(crate) fn take(detail: Detail) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let mut pending = Vec::new();
    root::for_each_root(|root| {
        if root.site().is_some() {
            snapshot.visit_root(root, detail, &mut pending);
        }
    });
    shutdown::for_each_background(|child, is_cancelled| {
        if detail == Detail::All || is_of_interest(&child) {
            let index = snapshot.vthreads.len();
            snapshot.visit_child(&child, None, detail, &mut pending);
            snapshot.vthreads[index].is_ending |= is_cancelled;
        }
    });
    snapshot.visit_groups(pending, detail);
    snapshot
}

/// Takes a snapshot of the call of a test, of what is below it, and of the children of the test's
/// own group.
pub(crate) fn take_of_test(test: &Process) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let mut pending = Vec::new();
    let body = test.body.lock().upgrade();
    let body = body.iter().map(|body| Arc::as_ptr(body).cast());
    let mut pending_calls: Vec<*const ()> = body.collect();
    test.for_each_child(|child, is_cancelled| {
        let index = snapshot.vthreads.len();
        snapshot.visit_child(&child, None, Detail::All, &mut pending);
        snapshot.vthreads[index].is_ending |= is_cancelled;
    });
    let mut n_seen = 0;
    loop {
        snapshot.visit_groups(std::mem::take(&mut pending), Detail::All);
        let calls = snapshot.vthreads[n_seen..].iter();
        pending_calls.extend(calls.filter_map(|seen| Some(seen.nested?.0)));
        n_seen = snapshot.vthreads.len();
        if pending_calls.is_empty() {
            return snapshot;
        }
        root::for_each_root(|root| {
            if pending_calls.contains(&ptr::from_ref(&**root).cast()) {
                snapshot.visit_root(root, Detail::All, &mut pending);
            }
        });
        pending_calls.clear();
    }
}

/// Whether a task may be part of a cycle of waits, or an ancestor of one that may.
fn is_of_interest(task: &Header) -> bool {
    let wait_reason = task.vthread.wait_reason.get();
    wait_reason.is_waiting_for_another() || !task.vthread.open().is_empty()
}

impl Snapshot {
    fn visit_root(&mut self, root: &Root, detail: Detail, pending: &mut Vec<Pending>) {
        let vthread = root.vthread();
        self.vthreads.push(SeenVthread {
            site: root.site(),
            is_ending: vthread.root.has_own_mark(),
            activity: match vthread.wait_reason.get() {
                WaitReason::Unknown => Activity::Running,
                // It has waited before, and is the caller now.
                _ if current::with(|running| {
                    running.is_some_and(|running| ptr::eq(running.vthread(), vthread))
                }) =>
                {
                    Activity::Running
                }
                _ => Activity::Waiting,
            },
            ..SeenVthread::of(vthread, ptr::from_ref(root).cast(), detail)
        });
        self.visit_scopes(vthread, pending);
    }

    fn visit_groups(&mut self, mut pending: Vec<Pending>, detail: Detail) {
        while let Some(group) = pending.pop() {
            self.visit_group(group, detail, &mut pending);
        }
    }

    fn visit_group(&mut self, group: Pending, detail: Detail, pending: &mut Vec<Pending>) {
        let Pending {
            node,
            owner,
            is_unlimited,
        } = group;
        let state = node.lock();
        let index = self.groups.len();
        let is_joining = state.is_joining && state.members.alive > 0;
        self.groups.push(SeenGroup {
            name: node.name.as_deref().map(str::to_owned),
            site: node.site,
            owner,
            joining: is_joining.then(|| wait_for::number(&state.number)),
            is_unlimited,
            is_cancelled: state.cancel.reason.is_some(),
            n_failures: state.failure.count,
            n_alive: state.members.alive,
            n_running: state.permits.running,
            n_queued: state.permits.queue.len(),
            limit: node.limit,
            leaked: state.leaked,
            children: Vec::new(),
            others_born: 0,
        });
        self.vthreads[owner].groups.push(index);
        state.for_each_child(|child| {
            if detail == Detail::All || is_of_interest(&child) {
                self.groups[index].children.push(self.vthreads.len());
                self.visit_child(&child, Some(index), detail, pending);
            } else {
                let group = &mut self.groups[index];
                group.others_born = group.others_born.max(child.born());
            }
        });
    }

    fn visit_child(
        &mut self,
        child: &Header,
        within: Option<usize>,
        detail: Detail,
        pending: &mut Vec<Pending>,
    ) {
        let vthread = &child.vthread;
        let name = match detail {
            Detail::Waits => None,
            _ => child.name().map(|name| name.to_string()),
        };
        self.vthreads.push(SeenVthread {
            role: match (within, child.is_service()) {
                (None, _) => Role::Background,
                (_, true) => Role::Service,
                (_, false) => Role::Child,
            },
            name,
            task_id: (detail == Detail::All).then(|| child.id()),
            site: Some(child.site()),
            is_ending: child.is_service() || vthread.root.has_own_mark(),
            activity: child.activity(),
            born: child.born(),
            joiner: child.joiner(),
            within,
            ..SeenVthread::of(vthread, child.waker_data(), detail)
        });
        self.visit_scopes(vthread, pending);
    }

    /// Reads the scopes open in the frame of the vthread that was seen last.
    fn visit_scopes(&mut self, vthread: &Vthread, pending: &mut Vec<Pending>) {
        let owner = self.vthreads.len() - 1;
        let seen = &mut self.vthreads[owner];
        let first = pending.len();
        let open = vthread.open();
        seen.lock = open.waiting();
        open.for_each(|kind, scope, is_unlimited| match kind {
            Kind::Group => pending.push(Pending {
                // SAFETY: linked, and unlinked under the list's lock before it closes.
                node: unsafe { node_of(scope) },
                owner,
                is_unlimited,
            }),
            Kind::Root => seen.nested = Some((scope.cast(), is_unlimited)),
            _ => unreachable!("not registered"),
        });
        drop(open);
        // The last is visited first: that is to be the innermost.
        pending[first..].reverse();
    }
}

impl SeenVthread {
    /// The common data of every vthread. The caller adds the rest.
    fn of(vthread: &Vthread, waker: *const (), detail: Detail) -> Self {
        SeenVthread {
            role: Role::Root,
            name: None,
            task_id: None,
            site: None,
            waker,
            stamp: vthread.escape.now(),
            leaked: vthread.leaked(),
            born: 0,
            is_ending: false,
            activity: Activity::Running,
            wait_reason: vthread.wait_reason.get(),
            lock: None,
            joiner: None,
            groups: Vec::new(),
            nested: None,
            within: None,
            stack: match detail {
                Detail::All => vthread.stack.see(),
                Detail::Waits | Detail::NamedWaits => SeenStack::default(),
            },
        }
    }
}

impl SeenVthread {
    /// The location of the call in which it waits, where that is known.
    pub(crate) fn waits_at(&self) -> Option<Site> {
        let lock = self.lock.map(|lock| lock.site);
        let (operation, _) = self.calls();
        lock.or_else(|| Some(operation?.site))
    }

    /// The call of the operation that waits, and the calls around it, up to the last recursive one.
    pub(crate) fn calls(&self) -> (Option<&SeenCall>, &[SeenCall]) {
        let [above, _] = &self.stack.calls;
        match above.split_first() {
            // A group that waits for its children is no call.
            Some((operation, around)) if self.wait_reason != WaitReason::Closing => {
                (Some(operation), around)
            }
            _ => (None, above),
        }
    }

    /// Whether it has a stack: it is not running.
    pub(crate) fn is_parked(&self) -> bool {
        matches!(self.activity, Activity::Waiting | Activity::Ready)
    }

    /// Whether it is cancelled. (A service counts as ending with its group.)
    pub(crate) fn is_cancelled(&self) -> bool {
        self.is_ending && self.role != Role::Service
    }
}

/// How many vthreads have not ended: children of groups, and children of the process. It visits
/// every group.
pub(crate) fn n_alive() -> usize {
    let snapshot = take(Detail::Waits);
    let in_groups: usize = snapshot.groups.iter().map(|group| group.n_alive).sum();
    let mut n_background = 0;
    shutdown::for_each_background(|_, _| n_background += 1);
    in_groups + n_background
}

/// Cancels the blocking call, or the child of the process, whose waker has the data pointer
/// `waker`, if it still exists.
pub(crate) fn cancel_root(waker: *const ()) {
    let mut walk = Walk::new();
    let is_it = |root: &Root| ptr::eq(ptr::from_ref(root).cast(), waker) && root.site().is_some();
    root::for_each_root(|root| {
        if is_it(root) {
            walk.mark_root(root.clone(), &CancelReason::Deadlock);
        }
    });
    shutdown::for_each_background(|child, _| {
        if ptr::eq(child.waker_data(), waker) {
            mark_child(child, &CancelReason::Deadlock, &mut walk);
        }
    });
    // Foreign wakers are woken outside the lock.
    walk.finish();
}
