//! The tree of groups and vthreads, folded: those below one line that are alike are one line, with
//! a number. So ten thousand connections, each with a group of its own, are a few lines.
//!
//! Names that differ in nothing but their numbers are alike.

use super::search::Search;
use crate::inspect::report::Named;
use crate::inspect::snapshot::{SeenGroup, SeenVthread, Snapshot};
use crate::task::seen_stack::SeenCall;
use crate::task::wait_for::Site;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// A vthread or a group, by its position in the snapshot.
#[derive(Clone, Copy, Debug)]
pub(super) enum Member {
    Vthread(usize),
    Group(usize),
}

/// A member, below another one. Parents come before what is below them.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) member: Member,
    pub(super) parent: Option<usize>,
}

/// A line: members that are alike.
#[derive(Debug)]
pub(super) struct Line {
    /// The eldest of them.
    pub(super) member: Member,
    pub(super) n: usize,
    /// Its name, or with `#` in the places of numbers the names of all.
    pub(super) name: Option<String>,
    /// The least age and the greatest, where ages are known.
    pub(super) ages: Option<(Duration, Duration)>,
    pub(super) figures: Figures,
    pub(super) below: Vec<usize>,
}

/// Sums over groups.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub(super) n_alive: usize,
    pub(super) n_running: usize,
    pub(super) n_queued: usize,
    pub(super) n_failures: usize,
    pub(super) n_cancelled: usize,
}

/// The lines, and those that are below none.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) lines: Vec<Line>,
    pub(super) top: Vec<usize>,
    /// How many vthreads are in it.
    pub(super) n_vthreads: usize,
}

/// What is the same of all members of a line.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Likeness<'s> {
    above: Option<usize>,
    name: Option<String>,
    site: Option<Site>,
    /// Of vthreads only.
    more: Option<OfVthread<'s>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct OfVthread<'s> {
    role: &'static str,
    state: &'static str,
    waits: &'static str,
    lock: Option<(Site, Option<Site>)>,
    lock_holder: Option<String>,
    calls: [&'s [SeenCall]; 2],
    n_recursive: u32,
    is_cancelled: bool,
}

/// The snapshot, and who is who in it.
#[derive(Debug)]
pub(super) struct People<'s> {
    pub(super) snapshot: &'s Snapshot,
    by_waker: HashMap<*const (), usize>,
    by_who: HashMap<u64, usize>,
}

impl<'s> People<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let all = || snapshot.vthreads.iter().enumerate();
        let known = all().filter(|(_, vthread)| vthread.stamp.who() != 0);
        People {
            snapshot,
            by_waker: all().map(|(me, vthread)| (vthread.waker, me)).collect(),
            by_who: known
                .map(|(me, vthread)| (vthread.stamp.who(), me))
                .collect(),
        }
    }

    /// The call that its plain code makes.
    fn call_in(&self, vthread: &SeenVthread) -> Option<usize> {
        self.by_waker.get(&vthread.nested?.0).copied()
    }

    /// The description of the vthread that has taken the lock for which it waits.
    pub(super) fn lock_holder(&self, vthread: &SeenVthread) -> Option<String> {
        let holder = self.by_who.get(&vthread.lock?.taken_by.who())?;
        Some(Named(&self.snapshot.vthreads[*holder]).to_string())
    }

    pub(super) fn state(&self, vthread: &SeenVthread) -> &'static str {
        vthread.state(self.call_in(vthread).is_some())
    }

    /// All of them, from above.
    fn nodes(&self) -> Vec<Node> {
        let vthreads = &self.snapshot.vthreads;
        let calls: HashSet<_> = vthreads
            .iter()
            .filter_map(|one| self.call_in(one))
            .collect();
        let is_top = |me: &usize| vthreads[*me].within.is_none() && !calls.contains(me);
        let top = (0..vthreads.len()).rev().filter(is_top);
        let mut open: Vec<_> = top.map(|me| (Member::Vthread(me), None)).collect();
        let mut nodes = Vec::new();
        // Not by recursion: the tree may be deep.
        while let Some((member, parent)) = open.pop() {
            let me = Some(nodes.len());
            nodes.push(Node { member, parent });
            match member {
                Member::Vthread(vthread) => {
                    let vthread = &vthreads[vthread];
                    let call = self.call_in(vthread).map(Member::Vthread);
                    let groups = vthread.groups.iter().copied().map(Member::Group);
                    open.extend(call.into_iter().chain(groups).map(|below| (below, me)));
                }
                Member::Group(group) => {
                    let children = self.snapshot.groups[group].children.iter();
                    open.extend(children.map(|&child| (Member::Vthread(child), me)));
                }
            }
        }
        nodes
    }
}

impl Tree {
    /// The tree of those that are found, of what is below them, and of what they are in.
    pub(super) fn of(people: &People<'_>, search: &Search) -> Self {
        let nodes = people.nodes();
        let is_wanted = search.wanted(people, &nodes);
        let mut tree = Tree::default();
        let mut line_of: Vec<usize> = vec![0; nodes.len()];
        let mut alike: HashMap<Likeness<'_>, usize> = HashMap::new();
        for (me, node) in nodes.iter().enumerate().filter(|(me, _)| is_wanted[*me]) {
            let above = node.parent.map(|parent| line_of[parent]);
            let next = tree.lines.len();
            let likeness = Likeness::of(people, node.member, above, search.is_empty());
            let line = *alike.entry(likeness).or_insert(next);
            if line == next {
                tree.lines.push(Line::new(people, node.member));
                match above {
                    Some(above) => tree.lines[above].below.push(next),
                    None => tree.top.push(next),
                }
            }
            tree.lines[line].add(people, node.member);
            tree.n_vthreads += usize::from(matches!(node.member, Member::Vthread(_)));
            line_of[me] = line;
        }
        tree
    }
}

impl<'s> Likeness<'s> {
    fn of(people: &People<'s>, member: Member, above: Option<usize>, folds_names: bool) -> Self {
        let snapshot = people.snapshot;
        let folded = |name: &Option<String>| match folds_names {
            true => name.as_deref().map(pattern),
            false => name.clone(),
        };
        match member {
            Member::Group(group) => {
                let group = &snapshot.groups[group];
                Likeness {
                    above,
                    name: folded(&group.name),
                    site: Some(group.site),
                    more: None,
                }
            }
            Member::Vthread(vthread) => {
                let vthread = &snapshot.vthreads[vthread];
                let [last, first] = &vthread.stack.calls;
                Likeness {
                    above,
                    name: folded(&vthread.name),
                    site: vthread.site,
                    more: Some(OfVthread {
                        role: vthread.role.word(),
                        state: people.state(vthread),
                        waits: vthread.wait_reason.words(),
                        lock: vthread.lock.map(|lock| (lock.site, lock.taken_at)),
                        lock_holder: people.lock_holder(vthread),
                        calls: [last, first],
                        n_recursive: vthread.stack.n_recursive,
                        is_cancelled: vthread.is_cancelled(),
                    }),
                }
            }
        }
    }
}

impl Line {
    fn new(people: &People<'_>, member: Member) -> Self {
        let name = match member {
            Member::Vthread(vthread) => &people.snapshot.vthreads[vthread].name,
            Member::Group(group) => &people.snapshot.groups[group].name,
        };
        Line {
            member,
            n: 0,
            name: name.clone(),
            ages: None,
            figures: Figures::default(),
            below: Vec::new(),
        }
    }

    fn add(&mut self, people: &People<'_>, member: Member) {
        self.n += 1;
        let name = match member {
            Member::Vthread(vthread) => {
                let vthread = &people.snapshot.vthreads[vthread];
                if let Some(age) = vthread.stack.age.filter(|_| vthread.is_parked()) {
                    let (least, most) = self.ages.unwrap_or((age, age));
                    self.ages = Some((least.min(age), most.max(age)));
                }
                &vthread.name
            }
            Member::Group(group) => {
                let group = &people.snapshot.groups[group];
                self.figures.add(group);
                &group.name
            }
        };
        if *name != self.name {
            self.name = name.as_deref().map(pattern);
        }
    }
}

impl Figures {
    fn add(&mut self, group: &SeenGroup) {
        self.n_alive += group.n_alive;
        self.n_running += group.n_running;
        self.n_queued += group.n_queued;
        self.n_failures += group.n_failures;
        self.n_cancelled += usize::from(group.is_cancelled);
    }
}

/// A name with `#` in the place of each number.
fn pattern(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for character in name.chars() {
        match character.is_ascii_digit() {
            true if pattern.ends_with('#') => {}
            true => pattern.push('#'),
            false => pattern.push(character),
        }
    }
    pattern
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn names_with_other_numbers_have_one_pattern() {
        assert_eq!(pattern("client 17"), "client #");
        assert_eq!(pattern("127.0.0.1:80"), "#.#.#.#:#");
        assert_eq!(pattern("main"), "main");
    }
}
