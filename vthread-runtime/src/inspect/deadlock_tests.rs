//! Stuck vthreads in snapshots written by hand.

use super::*;
use crate::inspect::snapshot::Role;
use crate::task::header::SeenJoiner;
use crate::task::seen_stack::SeenStack;
use crate::task::state::Activity;
use crate::task::wait_for::SeenWait;
use crate::task::wait_reason::WaitReason;
use std::panic::Location;
use std::ptr;

fn waker(me: usize) -> *const () {
    ptr::without_provenance(me + 1)
}

/// A stamp of `me`, when it has given away `count` values.
fn stamp(me: usize, count: u64) -> Stamp {
    Stamp::for_test(me as u64 + 1, count)
}

/// `n` vthreads, each the root of a call, that wait for nothing.
fn snapshot(n: usize) -> Snapshot {
    let vthreads = (0..n).map(|me| SeenVthread {
        task_id: None,
        role: Role::Root,
        name: None,
        site: None,
        waker: waker(me),
        stamp: stamp(me, 9),
        leaked: 0,
        born: 0,
        is_ending: false,
        activity: Activity::Waiting,
        wait_reason: WaitReason::Unknown,
        lock: None,
        joiner: None,
        groups: Vec::new(),
        nested: None,
        within: None,
        stack: SeenStack::default(),
    });
    Snapshot {
        vthreads: vthreads.collect(),
        groups: Vec::new(),
    }
}

impl Snapshot {
    /// `me` waits for a lock that was taken at `taken_by`.
    fn locks(mut self, me: usize, taken_by: Stamp) -> Self {
        self.vthreads[me].lock = Some(SeenWait {
            number: 100 + me as u64,
            site: Location::caller(),
            taken_by,
            taken_at: None,
        });
        self
    }

    fn joins(mut self, me: usize, other: usize) -> Self {
        self.vthreads[other].joiner = Some(SeenJoiner {
            number: 200 + me as u64,
            waker: waker(me),
            site: Location::caller(),
        });
        self
    }

    /// `me` has opened a group with these children, born at these counts, and waits for them.
    fn closes(mut self, me: usize, children: &[(usize, u32)]) -> Self {
        let group = self.groups.len();
        self.groups.push(SeenGroup {
            name: None,
            site: Location::caller(),
            owner: me,
            joining: Some(300 + me as u64),
            is_unlimited: true,
            is_cancelled: false,
            n_failures: 0,
            n_alive: children.len(),
            n_running: 0,
            n_queued: 0,
            limit: usize::MAX,
            leaked: 0,
            children: children.iter().map(|&(child, _)| child).collect(),
            others_born: 0,
        });
        self.vthreads[me].groups.push(group);
        for &(child, born) in children {
            self.vthreads[child].role = Role::Child;
            self.vthreads[child].born = born;
            self.vthreads[child].within = Some(group);
        }
        self
    }

    fn cycles(&self) -> Vec<Vec<usize>> {
        Stuck::find(self, None).cycles()
    }
}

#[test]
fn none_waits() {
    let snapshot = snapshot(3);
    assert!(Stuck::find(&snapshot, None).is_empty());
    assert!(snapshot.cycles().is_empty());
}

#[test]
fn one_that_waits_for_itself() {
    assert_eq!(snapshot(1).locks(0, stamp(0, 9)).cycles(), [[0]]);
}

#[test]
fn two_that_lock_in_two_orders_and_one_that_waits_for_them() {
    let snapshot = snapshot(4)
        .locks(0, stamp(2, 9))
        .locks(1, stamp(2, 9))
        .locks(2, stamp(1, 9))
        .locks(3, Stamp::NONE);
    assert_eq!(snapshot.cycles(), [[2, 1]]);
    assert_eq!(Stuck::find(&snapshot, None).facts().len(), 3);
}

#[test]
fn a_chain_that_ends_with_one_who_runs() {
    let snapshot = snapshot(5)
        .joins(0, 1)
        .joins(1, 2)
        .locks(2, stamp(3, 9))
        .joins(3, 4);
    assert!(Stuck::find(&snapshot, None).is_empty());
}

#[test]
fn a_circle_of_joins() {
    let snapshot = snapshot(3).joins(0, 1).joins(1, 2).joins(2, 0);
    assert_eq!(snapshot.cycles(), [[0, 1, 2]]);
}

#[test]
fn one_child_that_is_stuck_is_enough_for_its_group() {
    let stuck = || {
        snapshot(3)
            .closes(0, &[(1, 0), (2, 0)])
            .locks(2, stamp(0, 9))
    };
    assert_eq!(stuck().cycles(), [[0, 2]]);
    for limit in [
        |snapshot: &mut Snapshot| snapshot.groups[0].is_unlimited = false,
        |snapshot: &mut Snapshot| snapshot.groups[0].is_cancelled = true,
        |snapshot: &mut Snapshot| snapshot.groups[0].joining = None,
        |snapshot: &mut Snapshot| snapshot.vthreads[2].is_ending = true,
        |snapshot: &mut Snapshot| snapshot.vthreads[0].is_ending = true,
    ] {
        let mut snapshot = stuck();
        limit(&mut snapshot);
        assert!(snapshot.cycles().is_empty());
    }
}

#[test]
fn children_that_were_born_after_the_taking_may_have_the_guard() {
    // The one that runs was born before the lock was taken: it cannot have the guard.
    let before = snapshot(3)
        .closes(0, &[(1, 4), (2, 6)])
        .locks(2, stamp(0, 5));
    assert_eq!(before.cycles(), [[0, 2]]);
    // And here after it.
    let after = snapshot(3)
        .closes(0, &[(1, 7), (2, 6)])
        .locks(2, stamp(0, 5));
    assert!(after.cycles().is_empty());
    // So it is if it is not in the snapshot because it does not wait.
    let mut unseen = snapshot(3).closes(0, &[(2, 6)]).locks(2, stamp(0, 5));
    unseen.groups[0].others_born = 7;
    assert!(unseen.cycles().is_empty());
}

#[test]
fn what_was_taken_before_a_leak_is_not_certain() {
    let mut of_the_taker = snapshot(1).locks(0, stamp(0, 5));
    of_the_taker.vthreads[0].leaked = 6;
    assert!(of_the_taker.cycles().is_empty());
    of_the_taker.vthreads[0].leaked = 5;
    assert_eq!(of_the_taker.cycles(), [[0]]);

    let mut of_an_heir = snapshot(2).closes(0, &[(1, 6)]).locks(1, stamp(0, 5));
    assert_eq!(of_an_heir.cycles(), [[0, 1]]);
    of_an_heir.vthreads[1].leaked = 1;
    assert!(of_an_heir.cycles().is_empty());

    let mut of_one_that_is_gone = snapshot(2).closes(0, &[(1, 6)]).locks(1, stamp(0, 5));
    of_one_that_is_gone.groups[0].leaked = 6;
    assert!(of_one_that_is_gone.cycles().is_empty());
}

#[test]
fn a_call_in_plain_code() {
    let mut snapshot = snapshot(2).locks(1, stamp(0, 9));
    snapshot.vthreads[0].nested = Some((waker(1), true));
    assert_eq!(snapshot.cycles(), [[0, 1]]);
    assert_eq!(root_of(&snapshot, 1), waker(0));
    snapshot.vthreads[0].nested = Some((waker(1), false));
    assert!(snapshot.cycles().is_empty(), "under a time limit");
    snapshot.vthreads[0].nested = Some((waker(7), true));
    assert!(snapshot.cycles().is_empty(), "begun after the snapshot");
}

#[test]
fn only_waits_that_last_count() {
    let early = snapshot(2).locks(0, stamp(1, 9)).locks(1, stamp(0, 9));
    let facts = Stuck::find(&early, None).facts();
    assert_eq!(facts.len(), 2);
    assert!(!Stuck::find(&early, Some(&facts)).is_empty());
    let mut later = snapshot(2).locks(0, stamp(1, 9)).locks(1, stamp(0, 9));
    later.vthreads[1].lock.as_mut().unwrap().number += 1;
    let later = Stuck::find(&later, Some(&facts));
    assert!(later.is_empty(), "another wait");
    let retaken = snapshot(2).locks(0, stamp(1, 8)).locks(1, stamp(0, 9));
    let retaken = Stuck::find(&retaken, Some(&facts));
    assert!(retaken.is_empty(), "taken again");
}
