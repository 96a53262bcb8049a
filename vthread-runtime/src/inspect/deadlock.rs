//! Which vthreads of a census wait for ever, as far as that is certain, and in which cycles.
//!
//! A vthread is *stuck* if what it waits for can come from stuck ones only: the lock from those who may have its
//! guard, the end of a vthread from that one, the end of a group from all of its children, of whom one that is stuck
//! is enough. The largest such set is what is left when those are taken out, one after the other, of whom that
//! cannot be said. `README.md` proves that who is left in three censuses in a row is in a deadlock.

use crate::inspect::snapshot::{SeenGroup, SeenVthread, Snapshot};
use crate::task::guard_escape::Stamp;
use crate::task::wait_for::Site;
use std::collections::{HashMap, HashSet};

/// Among more vthreads than this, nobody looks for a guard.
const MAX_HOLDERS: usize = 256;

/// What a vthread waits for, and nothing else.
#[derive(Debug)]
pub(crate) enum Wait {
    /// A lock, which one of these has: the first has taken it.
    Lock(Vec<usize>),
    /// The end of this one; called for at that place.
    Join(usize, Site),
    /// The children of this group.
    Children(usize),
    /// The blocking call that its plain code makes.
    Call(usize),
}

/// One wait, and the state of what it is for: the same in two censuses if it has lasted from one to the other.
type Fact = (u64, Stamp);

/// Those who are stuck.
#[derive(Debug)]
pub(crate) struct Stuck<'c> {
    census: &'c Snapshot,
    /// What they wait for. `None`: not stuck.
    waits: Vec<Option<Wait>>,
    facts: Vec<Option<Fact>>,
}

impl<'c> Stuck<'c> {
    /// Finds them, among those whose wait is in `lasting` if that is given.
    pub(crate) fn find(census: &'c Snapshot, lasting: Option<&HashSet<Fact>>) -> Self {
        let index = Index::new(census);
        let passing = index.passing();
        let mut waits = Vec::new();
        let mut facts = Vec::new();
        for (me, vthread) in census.vthreads.iter().enumerate() {
            let found = (!passing[me])
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
            census,
            waits,
            facts,
        };
        stuck.take_out();
        stuck
    }

    /// Takes out those who wait for somebody who is not stuck, until nobody does.
    fn take_out(&mut self) {
        let n = self.waits.len();
        let mut waited_for_by = vec![Vec::new(); n];
        // How many of those it waits for may be found not to be stuck until it is not stuck either.
        let mut hopes = vec![1; n];
        for (me, wait) in self.waits.iter().enumerate() {
            let Some(wait) = wait else { continue };
            let providers = self.providers(wait);
            if let Wait::Children(_) = wait {
                hopes[me] = providers.len();
            }
            for &provider in &providers {
                waited_for_by[provider].push(me);
            }
        }
        let mut out = Vec::new();
        for (me, &hopes) in hopes.iter().enumerate() {
            // All children of a group may be missing in the census: then none of them is stuck.
            if self.waits[me].is_none() || hopes == 0 {
                self.waits[me] = None;
                out.push(me);
            }
        }
        while let Some(free) = out.pop() {
            for &me in &waited_for_by[free] {
                if self.waits[me].is_none() {
                    continue;
                }
                hopes[me] -= 1;
                if hopes[me] == 0 {
                    self.waits[me] = None;
                    out.push(me);
                }
            }
        }
    }

    /// Who can end a wait.
    fn providers(&self, wait: &Wait) -> Vec<usize> {
        match wait {
            Wait::Lock(holders) => holders.clone(),
            Wait::Join(other, _) | Wait::Call(other) => vec![*other],
            Wait::Children(group) => self.census.groups[*group].children.clone(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waits.iter().all(Option::is_none)
    }

    /// The waits of all who are stuck.
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

    /// What a vthread that is stuck waits for.
    pub(crate) fn wait(&self, me: usize) -> Option<&Wait> {
        self.waits[me].as_ref()
    }

    /// The one who is waited for by a vthread that is stuck: of several, one.
    pub(crate) fn next(&self, me: usize) -> Option<usize> {
        match self.waits[me].as_ref()? {
            Wait::Lock(holders) => holders.first().copied(),
            Wait::Join(other, _) | Wait::Call(other) => Some(*other),
            // The eldest, so that it is the same one whenever it is asked.
            Wait::Children(group) => {
                let mut children = self.census.groups[*group].children.iter().rev();
                children
                    .find(|&&child| self.waits[child].is_some())
                    .copied()
            }
        }
    }

    /// The cycles among them, each from one of its members on to the one it waits for.
    pub(crate) fn cycles(&self) -> Vec<Vec<usize>> {
        let mut cycles = Vec::new();
        // From whom it was reached first, counted from one.
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

/// A census by what its vthreads are known by.
struct Index<'c> {
    census: &'c Snapshot,
    by_waker: HashMap<*const (), usize>,
    by_who: HashMap<u64, usize>,
    /// Whom each one joins, with the number and the place of the call.
    joins: HashMap<usize, (usize, u64, Site)>,
}

impl<'c> Index<'c> {
    fn new(census: &'c Snapshot) -> Self {
        let all = || census.vthreads.iter().enumerate();
        let by_waker: HashMap<_, _> = all().map(|(me, vthread)| (vthread.waker, me)).collect();
        let joins = all()
            .filter_map(|(me, vthread)| {
                let joiner = vthread.joiner?;
                let other = by_waker.get(&joiner.waker)?;
                Some((*other, (me, joiner.number, joiner.site)))
            })
            .collect();
        Index {
            census,
            by_who: all()
                .map(|(me, vthread)| (vthread.stamp.who(), me))
                .collect(),
            by_waker,
            joins,
        }
    }

    /// Those who may be cancelled from inside the program: by themselves or with what they are part of.
    fn passing(&self) -> Vec<bool> {
        let census = self.census;
        let mut passing = vec![false; census.vthreads.len()];
        let mut found: Vec<usize> = Vec::new();
        for (me, vthread) in census.vthreads.iter().enumerate() {
            if vthread.is_passing {
                found.push(me);
            }
            if let Some((call, is_unlimited)) = vthread.nested
                && !is_unlimited
            {
                found.extend(self.by_waker.get(&call));
            }
        }
        for group in &census.groups {
            if !group.is_unlimited || group.is_cancelled {
                found.extend(&group.children);
            }
        }
        while let Some(me) = found.pop() {
            if std::mem::replace(&mut passing[me], true) {
                continue;
            }
            let vthread = &census.vthreads[me];
            for &group in &vthread.groups {
                found.extend(&census.groups[group].children);
            }
            found.extend(self.nested(vthread));
        }
        passing
    }

    fn nested(&self, vthread: &SeenVthread) -> Option<usize> {
        let (call, _) = vthread.nested?;
        self.by_waker.get(&call).copied()
    }

    /// What a vthread waits for, if that is certain, and by what that can be recognised.
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
            let seen = &self.census.groups[group];
            if let Some(number) = seen.joining.filter(|_| is_certain(seen)) {
                return Some((Wait::Children(group), Some((number, Stamp::NONE))));
            }
        }
        // The call is recognised by what it waits for itself.
        let call = self.nested(vthread)?;
        Some((Wait::Call(call), None))
    }

    /// All who may have the guard of a lock that was taken at `stamp`, the taker first.
    fn holders(&self, stamp: Stamp) -> Option<Vec<usize>> {
        if stamp == Stamp::NONE {
            return None;
        }
        let taker = *self.by_who.get(&stamp.who())?;
        let mut holders = vec![taker];
        // Who may have been handed something since, and how much it had let go of before that.
        let mut open = vec![(taker, stamp.count())];
        while let Some((me, since)) = open.pop() {
            let vthread = &self.census.vthreads[me];
            if vthread.leaked > since {
                return None;
            }
            let heirs = holders.len();
            for &group in &vthread.groups {
                let group = &self.census.groups[group];
                if group.leaked > since || group.others_born > since {
                    return None;
                }
                let born_since = |&&child: &&usize| self.census.vthreads[child].born > since;
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

/// What a vthread is below, by the address of its waker: a blocking call of a plain thread, or a child of the process.
pub(crate) fn root_of(census: &Snapshot, mut me: usize) -> *const () {
    loop {
        let vthread = &census.vthreads[me];
        let is_below = |it: &SeenVthread| it.nested.is_some_and(|(call, _)| call == vthread.waker);
        let around = match vthread.within {
            Some(group) => Some(census.groups[group].owner),
            None => census.vthreads.iter().position(is_below),
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
