//! A dump: every vthread, and the reason of its wait, as a tree.

use super::report::Named;
use super::{folded, json};
use crate::inspect::snapshot;
use crate::inspect::snapshot::{Detail, Role, SeenGroup, SeenVthread, Snapshot};
use crate::program::of_test;
use crate::program::shutdown::Process;
use crate::task::state::Activity;
use crate::task::wait_for::Site;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// A list of all vthreads, returned by [`dump`].
///
/// Displaying it writes a line for each vthread and for each group, as a tree;
/// [`to_json`](Dump::to_json) has the same for programs, and [`folded`](Dump::folded) one line for
/// all vthreads that are alike.
pub struct Dump {
    snapshot: Snapshot,
}

/// Lists every vthread: its name, where it was spawned, and what it waits for.
///
/// Nothing is stopped for it: the data of one vthread was true at one moment, but not at the same
/// moment as that of another. The dump begins at the blocking calls that are being made and at the
/// children of the process, and goes down from group to group. It never waits for a vthread, is no
/// checkpoint, and may be called from anywhere.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// let (tx, rx) = vthread::sync::channel::<()>(1);
/// let waiting = std::thread::spawn(move || rx.recv().block());
/// while !vthread::dump().to_string().contains("waits for a message") {
///     std::thread::yield_now();
/// }
/// drop(tx);
/// assert!(waiting.join().unwrap().is_err());
/// ```
pub fn dump() -> Dump {
    Dump {
        snapshot: snapshot::take(Detail::All),
    }
}

impl Dump {
    /// Returns the dump as JSON: an object with two arrays.
    ///
    /// - `vthreads`: `id` (the position in this array), `task_id` (that of
    ///   [`Task::id`](crate::Task::id); null of a blocking call), `name`, `role` (`call`, `child`,
    ///   `service` or `background`), `site` (where it was spawned, or the call was made), `group`
    ///   (the `id` of the group of which it is a child), `state` (`running`, `ready`, `waiting`,
    ///   `blocked` in plain code, or `ended`), `waits` (for what, in words), `waits_at` (of a lock:
    ///   where), `lock_holder` (the `id` of the vthread that has taken it) and `lock_taken_at`,
    ///   `blocks_in_call` (the `id` of the call that its plain code makes), `cancelled`.
    /// - `groups`: `id`, `name`, `site`, `owner` (the `id` of the vthread that has opened it),
    ///   `children`, `running`, `waiting_for_room` and `limit` (where it has one), `failures`,
    ///   `cancelled`.
    ///
    /// A value that is not known is null. Later versions may add members.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// assert!(vthread::dump().to_json().starts_with("{\"vthreads\":["));
    /// ```
    pub fn to_json(&self) -> String {
        json::write(&self.snapshot)
    }

    /// Returns one line for each distinct stack of spawns, with the number of vthreads that have
    /// it: `call at src/main.rs:9:5;group at src/main.rs:3:5;vthread at src/main.rs:4:9;waits for
    /// I/O 10000`.
    ///
    /// Frames stand from the outermost inwards, with semicolons between, so that programs for flame
    /// graphs read it.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// for line in vthread::dump().folded().lines() {
    ///     let (stack, count) = line.rsplit_once(' ').unwrap();
    ///     assert!(stack.contains(" at ") && count.parse::<usize>().is_ok());
    /// }
    /// ```
    pub fn folded(&self) -> String {
        folded::write(&self.snapshot)
    }
}

/// The same of a test.
pub(crate) fn dump_of_test(test: &Process) -> Dump {
    Dump {
        snapshot: snapshot::take_of_test(test),
    }
}

/// The vthreads that have been spawned in the test which has led here, and have not ended: names
/// and sites.
pub(crate) fn of_test() -> Vec<(Option<String>, Site)> {
    let Some(test) = of_test::current() else {
        return Vec::new();
    };
    let vthreads = snapshot::take_of_test(test).vthreads.into_iter();
    let spawned = vthreads
        .filter(|seen| seen.role != Role::Root && seen.activity != Activity::Over)
        .filter_map(|seen| Some((seen.name, seen.site?)));
    spawned.collect()
}

impl fmt::Debug for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dump")
            .field("vthreads", &self.snapshot.vthreads.len())
            .field("groups", &self.snapshot.groups.len())
            .finish_non_exhaustive()
    }
}

/// A line that is still to be written.
enum Line {
    Vthread(usize),
    Group(usize),
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = &self.snapshot;
        let all = || snapshot.vthreads.iter().enumerate();
        let by_waker: HashMap<_, _> = all().map(|(me, vthread)| (vthread.waker, me)).collect();
        let by_who: HashMap<_, _> = all()
            .filter(|(_, vthread)| vthread.stamp.who() != 0)
            .map(|(_, vthread)| (vthread.stamp.who(), vthread))
            .collect();
        let call_in = |vthread: &SeenVthread| by_waker.get(&vthread.nested?.0).copied();
        let nested: HashSet<_> = all().filter_map(|(_, vthread)| call_in(vthread)).collect();
        let is_outermost =
            |me: &usize| snapshot.vthreads[*me].within.is_none() && !nested.contains(me);
        // Not by recursion: the tree may be deep.
        let roots = (0..snapshot.vthreads.len()).rev().filter(is_outermost);
        let mut open: Vec<_> = roots.map(|root| (Line::Vthread(root), 0)).collect();
        while let Some((line, depth)) = open.pop() {
            write!(f, "{:1$}", "", 2 * depth)?;
            match line {
                Line::Vthread(me) => {
                    let vthread = &snapshot.vthreads[me];
                    let call = call_in(vthread);
                    write_vthread(f, vthread, call.is_some(), &by_who)?;
                    open.extend(call.map(|call| (Line::Vthread(call), depth + 1)));
                    let groups = vthread.groups.iter();
                    open.extend(groups.map(|&group| (Line::Group(group), depth + 1)));
                }
                Line::Group(group) => {
                    let group = &snapshot.groups[group];
                    write_group(f, group)?;
                    let children = group.children.iter();
                    open.extend(children.map(|&child| (Line::Vthread(child), depth + 1)));
                }
            }
        }
        Ok(())
    }
}

fn write_vthread(
    f: &mut fmt::Formatter<'_>,
    vthread: &SeenVthread,
    is_in_plain_code: bool,
    by_who: &HashMap<u64, &SeenVthread>,
) -> fmt::Result {
    write!(f, "{}", Named(vthread))?;
    match vthread.role {
        Role::Root | Role::Child => {}
        Role::Service => f.write_str(", a service,")?,
        Role::Background => f.write_str(", in the background,")?,
    }
    match vthread.activity {
        _ if is_in_plain_code => f.write_str(" waits in plain code, which blocks its own poll")?,
        Activity::Running => f.write_str(" runs")?,
        Activity::Ready => f.write_str(" is ready to run")?,
        Activity::Over => f.write_str(" has ended")?,
        Activity::Waiting => match vthread.lock {
            None => write!(f, " waits {}", vthread.wait_reason.words())?,
            Some(lock) => {
                write!(f, " waits at {} for a lock", lock.site)?;
                let taker = by_who.get(&lock.taken_by.who());
                if let Some((taker, at)) = taker.zip(lock.taken_at) {
                    write!(f, " that {} has taken at {at}", Named(taker))?;
                }
            }
        },
    }
    if vthread.is_cancelled() {
        f.write_str(", and is cancelled")?;
    }
    writeln!(f)
}

fn write_group(f: &mut fmt::Formatter<'_>, group: &SeenGroup) -> fmt::Result {
    f.write_str("group ")?;
    if let Some(name) = &group.name {
        write!(f, "`{name}` ")?;
    }
    let n = group.n_alive;
    let noun = if n == 1 { "child" } else { "children" };
    write!(f, "opened at {} with {n} {noun}", group.site)?;
    if group.limit < usize::MAX {
        write!(
            f,
            ", {} of at most {} running",
            group.n_running, group.limit
        )?;
        write!(f, ", {} waiting for room", group.n_queued)?;
    }
    if group.n_failures > 0 {
        write!(f, ", {} failed", group.n_failures)?;
    }
    if group.is_cancelled {
        f.write_str(", cancelled")?;
    }
    writeln!(f)
}
