//! A dump: every vthread, and the reason of its wait, as a tree.

use super::report::Named;
use crate::inspect::snapshot;
use crate::inspect::snapshot::{Detail, Role, SeenGroup, SeenVthread, Snapshot};
use crate::task::state::Activity;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// A list of all vthreads, returned by [`dump`]. Displaying it writes a line for each vthread and
/// for each group.
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
    if vthread.is_ending && vthread.role != Role::Service {
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
