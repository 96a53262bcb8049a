//! Cancellation: no vthread is cancelled without a cause, and none continues after its
//! cancellation.

use super::facts::{At, Facts, Fate, Member, Scope, role_of};
use crate::log::{Part, What};
use crate::scenario::{How, Id, Kind, Leaf, Mode, Role};

pub(super) fn check(facts: &Facts<'_>, broken: &mut Vec<String>) {
    for step in facts.steps.iter().flatten() {
        let id = step.id;
        if facts.fate(id) == Fate::Cancelled
            && let Some(&(gone, _)) = facts.gone.get(&(id, Part::Step))
            && !facts.is_cancelled(facts.around[id], gone)
        {
            broken.push(format!("step {id} was cancelled without a cause"));
        }
        if let Kind::Spawn { .. } = step.kind {
            never_started(facts, id, broken);
        }
        if let Kind::Group { .. } | Kind::Keep { .. } = step.kind {
            nothing_is_missing(facts, id, broken);
        }
        completed_bodies_are_delivered(facts, id, broken);
    }
    none_goes_on(facts, broken);
    for (at, group, what) in &facts.notes {
        if !matches!(what, What::Crowded(_)) {
            continue;
        }
        // In a cancelled group spawns do not wait, and nothing is counted. A child whose wait for
        // its own place is cut short by a timeout continues without one.
        let cut_short = (*group, What::CutShort);
        let mut earlier = facts.notes.iter().take_while(|(early, ..)| early < at);
        if let What::Crowded(n) = what
            && !earlier.any(|(_, group, what)| (*group, *what) == cut_short)
            && !facts.is_cause(Scope::Member(*group), *at)
            && !facts.is_cancelled(facts.around[*group], *at)
        {
            broken.push(format!("{n} children of group {group} run at once"));
        }
    }
}

impl Facts<'_> {
    /// Whether a step had been cancelled by then: by a scope up to the first shield, or by one
    /// further out if that was so long ago that the grace is over.
    pub(super) fn is_cancelled(&self, step: Option<(Id, Role)>, by: At) -> bool {
        if self.has_cause(&self.scopes_from(step), by) {
            return true;
        }
        let (scopes, grace) = self.scopes_beyond_shields(step);
        let Some(grace) = grace else { return false };
        let Some(rung) = (self.events[by].micros + 1).checked_sub(grace) else {
            return false;
        };
        let early = self
            .events
            .partition_point(|event| event.micros <= rung)
            .min(by);
        // The grace of a group begins with its first cancellation, even if only its children were
        // cancelled.
        let first = |scope: &Scope| match scope {
            Scope::Body(group) => self.is_cause(Scope::Member(*group), early),
            other => self.is_cause(*other, early),
        };
        self.has_cause(&scopes, by) && scopes.iter().any(first)
    }

    /// Whether an event before then cancels one of the scopes.
    pub(super) fn has_cause(&self, scopes: &[Scope], by: At) -> bool {
        scopes.iter().any(|scope| self.is_cause(*scope, by))
    }

    pub(super) fn is_cause(&self, scope: Scope, by: At) -> bool {
        match scope {
            Scope::Task(id) => {
                self.was_asked(
                    by,
                    |leaf| matches!(leaf, Leaf::CancelTask(child) if *child == id),
                ) || self.service_has_ended(id, by)
            }
            Scope::Member(group) => {
                self.has_failed(group, by) || self.was_cancelled_on_request(group, by)
            }
            Scope::Body(group) => self.has_failed(group, by),
            Scope::Timed(id) => {
                let Kind::Timeout { micros, .. } = self.kind(id) else {
                    unreachable!("a timeout")
                };
                self.began.get(&(id, Part::Step)).is_some_and(|began| {
                    self.events[*began].micros + micros <= self.events[by].micros + 1
                })
            }
            Scope::Branch(id, own) => [0, 1].into_iter().filter(|i| *i != own).any(|i| {
                let branch = (id, Part::Branch(i));
                self.ended.get(&branch).is_some_and(|(at, _)| *at < by)
                    || self
                        .gone
                        .get(&branch)
                        .is_some_and(|(at, panicking)| *panicking && *at < by)
            }),
        }
    }

    /// Whether a member had failed or panicked.
    fn has_failed(&self, group: Id, by: At) -> bool {
        let mode = self.mode(group);
        self.members[&group].iter().any(|member| {
            let key = (member.id, member.part);
            let failed = mode != Mode::Keep && self.failure(*member).is_some_and(|(at, _)| at < by);
            failed
                || self
                    .gone
                    .get(&key)
                    .is_some_and(|(at, panicking)| *panicking && *at < by)
        })
    }

    /// The children that may not have completed or may not have been spawned, and when they were
    /// dropped. Services never count.
    fn unfinished_children(&self, group: Id) -> Vec<(Member, At)> {
        let unfinished = |member: &Member| {
            let capture = match member.part {
                Part::Task => Part::Capture,
                part => part,
            };
            let (gone, panicking) = *self.gone.get(&(member.id, capture))?;
            let is_service = matches!(self.kind(member.id), Kind::Spawn { service: true, .. });
            let has_ended = self.ended.contains_key(&(member.id, member.part));
            let has_ended =
                has_ended && !self.ended_as_cancelled((member.id, role_of(member.part)));
            (!has_ended && !is_service && !panicking && member.part != Part::Body)
                .then_some((*member, gone))
        };
        self.members[&group].iter().filter_map(unfinished).collect()
    }

    /// Whether the end of the group's children was requested.
    pub(super) fn was_cancelled_on_request(&self, group: Id, by: At) -> bool {
        self.was_asked(
            by,
            |leaf| matches!(leaf, Leaf::CancelGroup { group: of, .. } if *of == group),
        )
    }

    fn was_asked(&self, by: At, is_it: impl Fn(&Leaf) -> bool) -> bool {
        self.steps.iter().flatten().any(|step| {
            let Kind::Leaf(leaf) = &step.kind else {
                return false;
            };
            is_it(leaf)
                && self
                    .began
                    .get(&(step.id, Part::Step))
                    .is_some_and(|at| *at < by)
        })
    }

    /// The time from which the group counts a living member.
    fn counts_from(&self, member: Member) -> Option<At> {
        let began = self.began.get(&(member.id, member.part)).copied();
        let spawned = match member.part {
            Part::Task => self.ended.get(&(member.id, Part::Step)).map(|(at, _)| *at),
            _ => None,
        };
        began.into_iter().chain(spawned).min()
    }

    /// Whether there was a moment at which all others in a service's group had ended.
    fn service_has_ended(&self, id: Id, by: At) -> bool {
        let Kind::Spawn {
            service: true,
            group,
            ..
        } = self.kind(id)
        else {
            return false;
        };
        let lives: Vec<(At, At)> = self.members[group]
            .iter()
            .filter(|member| !matches!(self.kind(member.id), Kind::Spawn { service: true, .. }))
            .filter_map(|member| {
                let part = match member.part {
                    Part::Task => Part::Capture,
                    part => part,
                };
                let began = self.counts_from(*member)?;
                let gone = self
                    .gone
                    .get(&(member.id, part))
                    .map_or(At::MAX, |(at, _)| *at);
                Some((began, gone))
            })
            .collect();
        lives.iter().any(|(_, end)| {
            *end < by && lives.iter().all(|(began, gone)| began > end || gone <= end)
        })
    }
}

/// A child that was spawned and never ran belonged to a cancelled scope.
fn never_started(facts: &Facts<'_>, id: Id, broken: &mut Vec<String>) {
    let (task, capture) = ((id, Part::Task), (id, Part::Capture));
    if facts.fate(id) == Fate::Passed
        && !facts.began.contains_key(&task)
        && let Some(&(gone, _)) = facts.gone.get(&capture)
        && !facts.is_cancelled(Some((id, Role::Task)), gone)
    {
        broken.push(format!("child {id} never ran, and was not cancelled"));
    }
}

/// A body that completed is not cancelled on its way out.
fn completed_bodies_are_delivered(facts: &Facts<'_>, id: Id, broken: &mut Vec<String>) {
    if facts.fate(id) != Fate::Cancelled {
        return;
    }
    let roles = [Role::Body, Role::Timed, Role::Branch(0), Role::Branch(1)];
    if roles.iter().any(|role| facts.was_unwound_in((id, *role))) {
        return;
    }
    let is_complete = match facts.kind(id) {
        // Its result is lost only together with a child's work.
        Kind::Group { .. } | Kind::Keep { .. } => {
            facts.ended.contains_key(&(id, Part::Body)) && facts.unfinished_children(id).is_empty()
        }
        Kind::Timeout { .. } | Kind::Shield { .. } => facts.ended.contains_key(&(id, Part::Body)),
        Kind::Select { .. } => [0, 1]
            .into_iter()
            .any(|i| facts.ended.contains_key(&(id, Part::Branch(i)))),
        _ => false,
    };
    if is_complete {
        broken.push(format!(
            "the body of {id} ended, and what it gave was cancelled"
        ));
    }
}

/// A group does not return half of the work as the whole, or as a failure of its own: if it passed
/// or failed, a member whose work is missing was cancelled in this group, not from outside.
fn nothing_is_missing(facts: &Facts<'_>, id: Id, broken: &mut Vec<String>) {
    let fate = facts.fate(id);
    if !matches!(fate, Fate::Passed | Fate::Failed(_)) {
        return;
    }
    for (Member { id: child, part }, gone) in facts.unfinished_children(id) {
        let was_spawned = part != Part::Task || facts.fate(child) == Fate::Passed;
        // The children of a `Keep` are its own steps, and have no handle by which to cancel them.
        let alone = match part {
            Part::Task => vec![Scope::Task(child), Scope::Member(id)],
            _ => vec![Scope::Member(id)],
        };
        if was_spawned && !facts.has_cause(&alone, gone) {
            broken.push(format!(
                "group {id} is {fate:?} without the work of {child}, which was cancelled with it"
            ));
        }
    }
    if let Some(&(gone, _)) = facts.gone.get(&(id, Part::Body))
        && !facts.ended.contains_key(&(id, Part::Body))
        && !facts.is_cause(Scope::Body(id), gone)
    {
        broken.push(format!(
            "group {id} is {fate:?}, and its body was cancelled with it"
        ));
    }
}

/// In a scope that is known to be cancelled, no later suspension point is passed.
fn none_goes_on(facts: &Facts<'_>, broken: &mut Vec<String>) {
    let known = known(facts);
    if known.is_empty() {
        return;
    }
    for step in facts.steps.iter().flatten() {
        let id = step.id;
        let Some(&began) = facts.began.get(&(id, Part::Step)) else {
            continue;
        };
        let went_on = match &step.kind {
            Kind::Leaf(leaf) => facts.fate(id) == Fate::Passed && suspends(facts, id, leaf),
            Kind::Spawn { .. } => facts.fate(id) == Fate::Passed,
            Kind::Hold { steps, .. } => steps
                .iter()
                .any(|inner| facts.fate(inner.id) != Fate::Unborn),
            _ => false,
        };
        if !went_on {
            continue;
        }
        let scopes = facts.scopes(id);
        if let Some((at, scope)) = known
            .iter()
            .find(|(at, scope)| *at < began && scopes.contains(scope))
        {
            broken.push(format!(
                "step {id} passed, begun at {began}, though {scope:?} was cancelled by {at}"
            ));
        }
    }
}

/// The scopes that were certainly cancelled, and by when.
fn known(facts: &Facts<'_>) -> Vec<(At, Scope)> {
    let mut known = Vec::new();
    for (at, by, what) in &facts.notes {
        match (what, facts.kind(*by)) {
            (What::Cancelled, Kind::Leaf(Leaf::CancelTask(child))) => {
                known.push((*at, Scope::Task(*child)));
            }
            (What::Cancelled, Kind::Leaf(Leaf::CancelGroup { group, .. })) => {
                known.push((*at, Scope::Member(*group)));
            }
            (What::Saw(child), _) => {
                let group = facts.group_of(*child);
                let member = Member {
                    id: *child,
                    part: Part::Task,
                };
                let has_panicked = facts
                    .thrown
                    .iter()
                    .any(|(thrown, by, _)| thrown < at && facts.kills(*by, *child));
                let has_failed = facts.failure(member).is_some()
                    && !facts.was_unwound_in((*child, Role::Task))
                    && facts.mode(group) != Mode::Keep;
                if has_failed || has_panicked {
                    known.extend([(*at, Scope::Member(group)), (*at, Scope::Body(group))]);
                }
            }
            _ => {}
        }
    }
    known
}

/// Whether a leaf that passed has passed a suspension point.
fn suspends(facts: &Facts<'_>, id: Id, leaf: &Leaf) -> bool {
    match leaf {
        Leaf::Yield(_)
        | Leaf::Sleep(_)
        | Leaf::Forever
        | Leaf::Await(_)
        | Leaf::Blocking(_)
        | Leaf::Deep { .. }
        | Leaf::Pipe { .. } => true,
        Leaf::Send { how, .. } | Leaf::Recv { how, .. } => *how != How::Try,
        Leaf::Join(child) => facts
            .notes
            .iter()
            .any(|(_, by, what)| *by == id && *what == What::Joined(*child)),
        Leaf::CancelTask(_)
        | Leaf::CancelGroup { .. }
        | Leaf::Fail
        | Leaf::FailAfter(_)
        | Leaf::Panic
        | Leaf::PanicAfter(_) => false,
    }
}
