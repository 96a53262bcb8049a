//! A dump: every vthread, and the reason of its wait, as a tree.

use super::report::Named;
use super::stack::{Ages, frames};
use super::{folded, json};
use crate::inspect::snapshot;
use crate::inspect::snapshot::{Detail, Role, SeenGroup, SeenVthread, Snapshot};
use crate::program::of_test;
use crate::program::shutdown::Process;
use crate::task::state::Activity;
use crate::task::wait_for::Site;
use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write};

/// A list of all vthreads, returned by [`dump`].
///
/// Displaying it writes a line for each vthread and for each group, as a tree; with `{:#}` the
/// children of a group that differ by nothing but their ages are one line. Below a vthread that
/// waits stand the calls that have led it there, from the innermost outwards, with their places: in
/// debug builds, and in others with the feature `stacks`.
///
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
    ///   `blocked` in plain code, or `ended`), `waits` (for what, in words), `waits_at` (where),
    ///   `stack` (the calls around that, from the innermost outwards: objects with `function` and
    ///   `called_at`, or with the number of `recursive_calls` that are left out) and `age` (for how
    ///   many seconds it has waited, or been ready; to about a hundredth), `lock_holder` (the `id`
    ///   of the vthread that has taken the lock) and `lock_taken_at`,
    ///   `blocks_in_call` (the `id` of the call that its plain code makes), `cancelled`.
    /// - `groups`: `id`, `name`, `site`, `owner` (the `id` of the vthread that has opened it),
    ///   `children`, `running`, `waiting_for_room` and `limit` (where it has one), `failures`,
    ///   `cancelled`.
    ///
    /// A value that is not known is null; `stack` and `age` are known in debug builds, and in
    /// others with the feature `stacks`. Later versions may add members.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// assert!(vthread::dump().to_json().starts_with("{\"vthreads\":["));
    /// ```
    pub fn to_json(&self) -> String {
        json::write(&self.snapshot)
    }

    /// Returns one line for each distinct stack of spawns and calls, with the number of vthreads
    /// that have it: `call at src/main.rs:9:5;group at src/main.rs:3:5;vthread at
    /// src/main.rs:4:9;app::serve at src/main.rs:4:20;waits for I/O at src/main.rs:17:9 10000`.
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

#[cfg(feature = "console")]
impl Dump {
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
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
    /// A vthread, and others that differ from it by their ages only.
    Alike(usize, Vec<usize>),
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = &self.snapshot;
        let all = || snapshot.vthreads.iter().enumerate();
        let text = Text {
            snapshot,
            by_waker: all().map(|(me, vthread)| (vthread.waker, me)).collect(),
            by_who: all()
                .filter(|(_, vthread)| vthread.stamp.who() != 0)
                .map(|(_, vthread)| (vthread.stamp.who(), vthread))
                .collect(),
        };
        let nested: HashSet<_> = all()
            .filter_map(|(_, vthread)| text.call_in(vthread))
            .collect();
        let is_outermost =
            |me: &usize| snapshot.vthreads[*me].within.is_none() && !nested.contains(me);
        // Not by recursion: the tree may be deep.
        let roots = (0..snapshot.vthreads.len()).rev().filter(is_outermost);
        let mut open: Vec<_> = roots.map(|root| (Line::Vthread(root), 0)).collect();
        while let Some((line, depth)) = open.pop() {
            match line {
                Line::Vthread(me) => {
                    let vthread = &snapshot.vthreads[me];
                    text.write(f, vthread, &[], depth)?;
                    let call = text.call_in(vthread);
                    open.extend(call.map(|call| (Line::Vthread(call), depth + 1)));
                    let groups = vthread.groups.iter();
                    open.extend(groups.map(|&group| (Line::Group(group), depth + 1)));
                }
                Line::Alike(me, others) => {
                    text.write(f, &snapshot.vthreads[me], &others, depth)?;
                }
                Line::Group(group) => {
                    let group = &snapshot.groups[group];
                    write!(f, "{:1$}", "", 2 * depth)?;
                    write_group(f, group)?;
                    let below = match f.alternate() {
                        true => text.alike(&group.children),
                        false => group.children.iter().copied().map(Line::Vthread).collect(),
                    };
                    open.extend(below.into_iter().map(|line| (line, depth + 1)));
                }
            }
        }
        Ok(())
    }
}

/// What the lines of a text need.
struct Text<'a> {
    snapshot: &'a Snapshot,
    by_waker: HashMap<*const (), usize>,
    by_who: HashMap<u64, &'a SeenVthread>,
}

impl Text<'_> {
    fn call_in(&self, vthread: &SeenVthread) -> Option<usize> {
        self.by_waker.get(&vthread.nested?.0).copied()
    }

    /// The lines of `children`, youngest first: one for all that have the same text and nothing
    /// below them, in the place of the eldest.
    fn alike(&self, children: &[usize]) -> Vec<Line> {
        let mut first_of: HashMap<String, usize> = HashMap::new();
        let mut lines = Vec::new();
        for &child in children.iter().rev() {
            let vthread = &self.snapshot.vthreads[child];
            if !vthread.groups.is_empty() || vthread.nested.is_some() {
                lines.push(Line::Vthread(child));
                continue;
            }
            let at = *first_of.entry(self.of(vthread)).or_insert(lines.len());
            match lines.get_mut(at) {
                Some(Line::Alike(_, others)) => others.push(child),
                _ => lines.push(Line::Alike(child, Vec::new())),
            }
        }
        lines.reverse();
        lines
    }

    /// The text of a vthread, without its age.
    fn of(&self, vthread: &SeenVthread) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_vthread(&mut text, vthread);
        for frame in frames(vthread) {
            let _ = write!(text, "{frame}");
        }
        text
    }

    /// Writes the lines of a vthread, which stands for `others` too.
    fn write(
        &self,
        f: &mut fmt::Formatter<'_>,
        vthread: &SeenVthread,
        others: &[usize],
        depth: usize,
    ) -> fmt::Result {
        write!(f, "{:1$}", "", 2 * depth)?;
        if !others.is_empty() {
            write!(f, "{} times ", others.len() + 1)?;
        }
        self.write_vthread(f, vthread)?;
        let others = others.iter().map(|&other| &self.snapshot.vthreads[other]);
        let alike = std::iter::once(vthread).chain(others);
        let ages: Vec<_> = alike
            .filter(|vthread| vthread.is_parked())
            .filter_map(|vthread| vthread.stack.age)
            .collect();
        let range = ages.iter().min().zip(ages.iter().max());
        let ages = Ages(range.map(|(least, most)| (*least, *most)));
        writeln!(f, "{ages}")?;
        for frame in frames(vthread) {
            writeln!(f, "{:1$}{frame}", "", 2 * depth + 4)?;
        }
        Ok(())
    }

    fn write_vthread(&self, f: &mut impl Write, vthread: &SeenVthread) -> fmt::Result {
        write!(f, "{}", Named(vthread))?;
        match vthread.role {
            Role::Root | Role::Child => {}
            Role::Service => f.write_str(", a service,")?,
            Role::Background => f.write_str(", in the background,")?,
        }
        match vthread.activity {
            _ if self.call_in(vthread).is_some() => {
                f.write_str(" waits in plain code, which blocks its own poll")?;
            }
            Activity::Running => f.write_str(" runs")?,
            Activity::Ready => f.write_str(" is ready to run")?,
            Activity::Over => f.write_str(" has ended")?,
            Activity::Waiting => self.write_wait(f, vthread)?,
        }
        if vthread.is_cancelled() {
            f.write_str(", and is cancelled")?;
        }
        Ok(())
    }

    fn write_wait(&self, f: &mut impl Write, vthread: &SeenVthread) -> fmt::Result {
        if let Some(lock) = vthread.lock {
            write!(f, " waits at {} for a lock", lock.site)?;
            let taker = self.by_who.get(&lock.taken_by.who());
            if let Some((taker, at)) = taker.zip(lock.taken_at) {
                write!(f, " that {} has taken at {at}", Named(taker))?;
            }
            return Ok(());
        }
        write!(f, " waits {}", vthread.wait_reason.words())?;
        match vthread.waits_at() {
            Some(site) => write!(f, " at {site}"),
            None => Ok(()),
        }
    }
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
