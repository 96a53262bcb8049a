//! Deadlock detection: the vthreads of a snapshot that certainly wait forever, and their cycles.
//!
//! A vthread is *stuck* if every vthread that could end its wait is stuck too: the possible holders
//! of the lock's guard, the joined vthread, or the children of the group, of which one that is
//! stuck is enough. To find the largest such set, start with all waiters and remove, one after the
//! other, each that a vthread outside the set may wake. `README.md` proves that the vthreads left
//! in three snapshots in a row are in a deadlock.

use crate::inspect::snapshot::{SeenGroup, SeenVthread, Snapshot};
use crate::task::guard_escape::Stamp;
use crate::task::wait_for::Site;
use std::collections::{HashMap, HashSet};

/// Among more vthreads than this, no guard is looked for.
const MAX_HOLDERS: usize = 256;

/// The only thing that a vthread waits for.
#[derive(Debug)]
pub(crate) enum Wait {
    /// A lock, which one of these holds: the first has taken it.
    Lock(Vec<usize>),
    /// The end of this vthread; joined at that place.
    Join(usize, Site),
    /// The children of this group.
    Children(usize),
    /// The blocking call that its plain code makes.
    Call(usize),
}

/// One wait, and the state of its target: the same in two snapshots if it has lasted from one to
/// the other.
type Fact = (u64, Stamp);

/// The stuck vthreads.
#[derive(Debug)]
pub(crate) struct Stuck<'c> {
    snapshot: &'c Snapshot,
    /// Their waits. `None`: not stuck.
    waits: Vec<Option<Wait>>,
    facts: Vec<Option<Fact>>,
}

impl<'c> Stuck<'c> {
    /// Finds them, among those whose wait is in `lasting` if that is given.
    pub(crate) fn find(snapshot: &'c Snapshot, lasting: Option<&HashSet<Fact>>) -> Self {
        let index = Index::new(snapshot);
        let ending = index.ending();
        let mut waits = Vec::new();
        let mut facts = Vec::new();
        for (me, vthread) in snapshot.vthreads.iter().enumerate() {
            let found = (!ending[me])
                .then(|| index.wait_of(me, vthread))
                .flatten()
                .filter(|(_, fact)| match (fact, lasting) {
                    (Some(fact), Some(lasting)) => lasting.contains(fact),
                    _ => true,
                });
            let (wait, fact) = found.unzip();
            waits.push(wait);
            facts.push(fact.flatten());
        }
        let mut stuck = Stuck {
            snapshot,
            waits,
            facts,
        };
        stuck.take_out();
        stuck
    }

    /// Removes waiters of vthreads that are not stuck, until there are none.
    fn take_out(&mut self) {
        let n = self.waits.len();
        let mut waited_for_by = vec![Vec::new(); n];
        // How many of the vthreads that could end its wait have to be removed before it is removed
        // too.
        let mut live_providers = vec![1; n];
        for (me, wait) in self.waits.iter().enumerate() {
            let Some(wait) = wait else { continue };
            let providers = self.providers(wait);
            if let Wait::Children(_) = wait {
                live_providers[me] = providers.len();
            }
            for &provider in &providers {
                waited_for_by[provider].push(me);
            }
        }
        let mut out = Vec::new();
        for (me, &live_providers) in live_providers.iter().enumerate() {
            // All children of a group may be missing in the snapshot: then none of them is stuck.
            if self.waits[me].is_none() || live_providers == 0 {
                self.waits[me] = None;
                out.push(me);
            }
        }
        while let Some(free) = out.pop() {
            for &me in &waited_for_by[free] {
                if self.waits[me].is_none() {
                    continue;
                }
                live_providers[me] -= 1;
                if live_providers[me] == 0 {
                    self.waits[me] = None;
                    out.push(me);
                }
            }
        }
    }

    /// The vthreads that can end a wait.
    fn providers(&self, wait: &Wait) -> Vec<usize> {
        match wait {
            Wait::Lock(holders) => holders.clone(),
            Wait::Join(other, _) | Wait::Call(other) => vec![*other],
            Wait::Children(group) => self.snapshot.groups[*group].children.clone(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waits.iter().all(Option::is_none)
    }

    /// The waits of all stuck vthreads.
    pub(crate) fn facts(&self) -> HashSet<Fact> {
        let is_stuck = |&me: &usize| self.waits[me].is_some();
        (0..self.waits.len())
            .filter(is_stuck)
            .filter_map(|me| self.facts[me])
            .collect()
    }

    /// The numbers of the waits of `members`.
    pub(crate) fn numbers(&self, members: &[usize]) -> Vec<u64> {
        let facts = members.iter().filter_map(|&me| self.facts[me]);
        facts.map(|(number, _)| number).collect()
    }

    /// The wait of a stuck vthread.
    pub(crate) fn wait(&self, me: usize) -> Option<&Wait> {
        self.waits[me].as_ref()
    }

    /// The vthread that a stuck one waits for: of several, one.
    pub(crate) fn next(&self, me: usize) -> Option<usize> {
        match self.waits[me].as_ref()? {
            Wait::Lock(holders) => holders.first().copied(),
            Wait::Join(other, _) | Wait::Call(other) => Some(*other),
            // The eldest, so that the answer is always the same.
            Wait::Children(group) => {
                let mut children = self.snapshot.groups[*group].children.iter().rev();
                children
                    .find(|&&child| self.waits[child].is_some())
                    .copied()
            }
        }
    }

    /// The cycles among them, each in the order of waiting.
    pub(crate) fn cycles(&self) -> Vec<Vec<usize>> {
        let mut cycles = Vec::new();
        // The start of the path on which it was reached first, counted from one.
        let mut reached = vec![0; self.waits.len()];
        for start in 0..self.waits.len() {
            let mut path = Vec::new();
            let mut at = Some(start).filter(|&start| self.waits[start].is_some());
            while let Some(me) = at.filter(|&me| reached[me] == 0) {
                reached[me] = start + 1;
                path.push(me);
                at = self.next(me);
            }
            let Some(first) = at.filter(|&me| reached[me] == start + 1) else {
                continue;
            };
            let begin = path.iter().position(|&me| me == first);
            cycles.extend(begin.map(|begin| path[begin..].to_vec()));
        }
        cycles
    }
}

/// A snapshot, indexed by the identities of its vthreads.
struct Index<'c> {
    snapshot: &'c Snapshot,
    by_waker: HashMap<*const (), usize>,
    by_who: HashMap<u64, usize>,
    /// The joined vthread of each, with the number and the place of the call.
    joins: HashMap<usize, (usize, u64, Site)>,
}

impl<'c> Index<'c> {
    fn new(snapshot: &'c Snapshot) -> Self {
        let all = || snapshot.vthreads.iter().enumerate();
        let by_waker: HashMap<_, _> = all().map(|(me, vthread)| (vthread.waker, me)).collect();
        let joins = all()
            .filter_map(|(me, vthread)| {
                let joiner = vthread.joiner?;
                let other = by_waker.get(&joiner.waker)?;
                Some((*other, (me, joiner.number, joiner.site)))
            })
            .collect();
        Index {
            snapshot,
            by_who: all()
                .map(|(me, vthread)| (vthread.stamp.who(), me))
                .collect(),
            by_waker,
            joins,
        }
    }

    /// The vthreads that may be cancelled from inside the program: by themselves or with their
    /// group.
    fn ending(&self) -> Vec<bool> {
        let snapshot = self.snapshot;
        let mut ending = vec![false; snapshot.vthreads.len()];
        let mut found: Vec<usize> = Vec::new();
        for (me, vthread) in snapshot.vthreads.iter().enumerate() {
            if vthread.is_ending {
                found.push(me);
            }
            if let Some((call, is_unlimited)) = vthread.nested
                && !is_unlimited
            {
                found.extend(self.by_waker.get(&call));
            }
        }
        for group in &snapshot.groups {
            if !group.is_unlimited || group.is_cancelled {
                found.extend(&group.children);
            }
        }
        while let Some(me) = found.pop() {
            if std::mem::replace(&mut ending[me], true) {
                continue;
            }
            let vthread = &snapshot.vthreads[me];
            for &group in &vthread.groups {
                found.extend(&snapshot.groups[group].children);
            }
            found.extend(self.nested(vthread));
        }
        ending
    }

    fn nested(&self, vthread: &SeenVthread) -> Option<usize> {
        let (call, _) = vthread.nested?;
        self.by_waker.get(&call).copied()
    }

    /// The wait of a vthread, if that is certain, and its identity.
    fn wait_of(&self, me: usize, vthread: &SeenVthread) -> Option<(Wait, Option<Fact>)> {
        if let Some(lock) = vthread.lock {
            let holders = self.holders(lock.taken_by)?;
            return Some((Wait::Lock(holders), Some((lock.number, lock.taken_by))));
        }
        if let Some(&(other, number, site)) = self.joins.get(&me) {
            return Some((Wait::Join(other, site), Some((number, Stamp::NONE))));
        }
        let is_certain = |group: &SeenGroup| group.is_unlimited && !group.is_cancelled;
        for &group in &vthread.groups {
            let seen = &self.snapshot.groups[group];
            if let Some(number) = seen.joining.filter(|_| is_certain(seen)) {
                return Some((Wait::Children(group), Some((number, Stamp::NONE))));
            }
        }
        // The call is identified by its own wait.
        let call = self.nested(vthread)?;
        Some((Wait::Call(call), None))
    }

    /// All possible holders of the guard of a lock that was taken at `stamp`, the taker first.
    fn holders(&self, stamp: Stamp) -> Option<Vec<usize>> {
        if stamp == Stamp::NONE {
            return None;
        }
        let taker = *self.by_who.get(&stamp.who())?;
        let mut holders = vec![taker];
        // Vthreads that may have been given the guard since, and how much each had given away
        // before that.
        let mut open = vec![(taker, stamp.count())];
        while let Some((me, since)) = open.pop() {
            let vthread = &self.snapshot.vthreads[me];
            if vthread.leaked > since {
                return None;
            }
            let heirs = holders.len();
            for &group in &vthread.groups {
                let group = &self.snapshot.groups[group];
                if group.leaked > since || group.others_born > since {
                    return None;
                }
                let born_since = |&&child: &&usize| self.snapshot.vthreads[child].born > since;
                holders.extend(group.children.iter().filter(born_since));
            }
            if vthread.nested.is_some() {
                holders.push(self.nested(vthread)?);
            }
            if holders.len() > MAX_HOLDERS {
                return None;
            }
            open.extend(holders[heirs..].iter().map(|&heir| (heir, 0)));
        }
        Some(holders)
    }
}

/// The root of a vthread, by the address of its waker: a blocking call of a plain thread, or a
/// child of the process.
pub(crate) fn root_of(snapshot: &Snapshot, mut me: usize) -> *const () {
    loop {
        let vthread = &snapshot.vthreads[me];
        let is_below = |it: &SeenVthread| it.nested.is_some_and(|(call, _)| call == vthread.waker);
        let around = match vthread.within {
            Some(group) => Some(snapshot.groups[group].owner),
            None => snapshot.vthreads.iter().position(is_below),
        };
        match around {
            Some(around) => me = around,
            None => return vthread.waker,
        }
    }
}

#[cfg(all(test, not(loom)))]
#[path = "deadlock_tests.rs"]
mod tests;
