//! Failures and panics: none is lost, the first one surfaces, a panic takes precedence.

use super::facts::{At, Facts, Fate, Member, Scope, role_of};
use crate::log::{Fail, Part, Thrown, What};
use crate::scenario::{Id, Kind, Mode, Role};
use crate::watch::Outcome;

pub(super) fn check(facts: &Facts<'_>, outcome: &Outcome, broken: &mut Vec<String>) {
    for step in facts.steps.iter().flatten() {
        if let Kind::Group { .. } | Kind::Keep { .. } = step.kind {
            group(facts, step.id, broken);
        }
    }
    for (_, id, thrown) in &facts.thrown {
        climbs(facts, *id, *thrown, broken);
    }
    for step in facts.steps.iter().flatten() {
        if facts.fate(step.id) == Fate::Panicked {
            has_reason_to_panic(facts, step.id, broken);
        }
    }
    for (at, id, what) in &facts.notes {
        match what {
            What::Caught(thrown) => surfaced(facts, *thrown, Some(*id), *at, broken),
            What::Kept(i, given) => kept(facts, *id, *i, *given, broken),
            _ => {}
        }
    }
    the_root(facts, outcome, broken);
}

fn the_root(facts: &Facts<'_>, outcome: &Outcome, broken: &mut Vec<String>) {
    match (outcome, facts.fate(0)) {
        (Outcome::Passed, Fate::Passed) => {}
        (Outcome::Failed(outside), Fate::Failed(inside)) if *outside == inside => {}
        (Outcome::Panicked(thrown), Fate::Panicked) => {
            surfaced(facts, *thrown, None, facts.events.len(), broken);
        }
        (outcome, fate) => broken.push(format!("the root is {fate:?}, and gives {outcome:?}")),
    }
}

/// A group returns what its members reported.
fn group(facts: &Facts<'_>, id: Id, broken: &mut Vec<String>) {
    let is_keep = matches!(facts.kind(id), Kind::Keep { .. });
    let members = &facts.members[&id];
    // The failures of a `Keep`'s own children are values.
    let failures: Vec<(At, Fail, Member)> = members
        .iter()
        .filter(|member| !(is_keep && matches!(member.part, Part::Kept(_))))
        .filter_map(|member| facts.failure(*member).map(|(at, fail)| (at, fail, *member)))
        .collect();
    match facts.fate(id) {
        Fate::Passed => {
            if failures.iter().any(|(_, _, member)| tells(facts, *member)) {
                broken.push(format!(
                    "group {id} passed, and had the failures {failures:?}"
                ));
            }
            if !matches!(facts.ended.get(&(id, Part::Body)), Some((_, None))) {
                broken.push(format!("group {id} passed, and its body did not"));
            }
        }
        Fate::Failed(first) => {
            let Some(found) = failures.iter().find(|(_, fail, _)| *fail == first) else {
                broken.push(format!("group {id} gave {first:?}, and had {failures:?}"));
                return;
            };
            for (_, other, member) in &failures {
                // A member that was cancelled by then reports no failure.
                if !tells(facts, *member) {
                    continue;
                }
                if is_known_before(facts, *member, found.0)
                    || is_cause_of_failure(facts, id, *member, found.0)
                {
                    broken.push(format!(
                        "group {id} gave {first:?}, and {other:?} was first"
                    ));
                }
            }
            if facts.mode(id) == Mode::Collect {
                collected(facts, id, &failures, broken);
            }
        }
        Fate::Unborn | Fate::Panicked | Fate::Cancelled => {}
    }
}

/// A collecting group returns every failure, in an order that does not contradict the log.
fn collected(facts: &Facts<'_>, id: Id, failures: &[(At, Fail, Member)], broken: &mut Vec<String>) {
    let given: Vec<Fail> = facts
        .notes
        .iter()
        .filter_map(|(_, by, what)| match what {
            What::Collected(_, fail) if *by == id => Some(*fail),
            _ => None,
        })
        .collect();
    let had: Vec<Fail> = failures.iter().map(|(_, fail, _)| *fail).collect();
    let is_missing =
        |(_, fail, member): &(At, Fail, Member)| tells(facts, *member) && !given.contains(fail);
    let mut sorted = given.clone();
    sorted.sort();
    sorted.dedup();
    if sorted.len() != given.len()
        || given.iter().any(|fail| !had.contains(fail))
        || failures.iter().any(is_missing)
    {
        broken.push(format!("group {id} collected {given:?}, and had {had:?}"));
        return;
    }
    let place = |fail: Fail| given.iter().position(|given| *given == fail);
    for (_, early, member) in failures {
        for (at, late, _) in failures {
            if is_known_before(facts, *member, *at) && place(*early) > place(*late) {
                broken.push(format!(
                    "group {id} collected {given:?}, but {early:?} was before {late:?}"
                ));
            }
        }
    }
}

/// Whether the failure of that member is certainly one of its group. A member that was cancelled,
/// and whose plain code hid that, reports none.
fn tells(facts: &Facts<'_>, member: Member) -> bool {
    !facts.was_unwound_in((member.id, role_of(member.part)))
}

/// Whether the failure of that member was certainly recorded before then: its end had been
/// observed.
fn is_known_before(facts: &Facts<'_>, member: Member, at: At) -> bool {
    member.part == Part::Task
        && facts
            .notes
            .iter()
            .any(|(seen, _, what)| *what == What::Saw(member.id) && *seen < at)
}

/// Whether the failure of that member of a group is the cause of a failure at that time: its locals
/// were gone, and it had claimed before that. In a group with `keep` the order does not matter.
fn is_cause_of_failure(facts: &Facts<'_>, group: Id, member: Member, at: At) -> bool {
    let gone = facts.gone.get(&(member.id, member.part));
    facts.mode(group) != Mode::Keep && gone.is_some_and(|(gone, _)| *gone < at)
}

/// Where the panics of this step are caught: at a closure that catches, or nowhere below the root.
fn caught_at(facts: &Facts<'_>, id: Id) -> Option<Id> {
    facts
        .climb(id)
        .into_iter()
        .find(|(id, _)| facts.catches(*id))
        .map(|(id, _)| id)
}

/// A panic ends everything on its way, up to where it is caught.
fn climbs(facts: &Facts<'_>, id: Id, thrown: Thrown, broken: &mut Vec<String>) {
    for (around, _) in facts.climb(id) {
        if facts.catches(around) {
            let caught = facts
                .notes
                .iter()
                .any(|(_, by, what)| *by == around && matches!(what, What::Caught(_)));
            if !caught {
                broken.push(format!("{thrown:?} is lost on its way to {around}"));
            }
            return;
        }
        // The step that spawned it has continued on its own.
        if matches!(facts.kind(around), Kind::Spawn { .. }) {
            continue;
        }
        if facts.fate(around) != Fate::Panicked {
            broken.push(format!("{thrown:?} is lost in step {around}"));
            return;
        }
    }
}

/// A step that panics has a panic inside, or unwinds because it is cancelled: so does a blocking
/// call in a closure, and one in a destructor that runs at the end of a block, which the runtime
/// cannot tell from other plain code.
fn has_reason_to_panic(facts: &Facts<'_>, id: Id, broken: &mut Vec<String>) {
    let gone = facts.gone[&(id, Part::Step)].0;
    let threw = facts.thrown.iter().any(|(at, by, _)| {
        *at <= gone && (*by == id || facts.climb(*by).iter().any(|(around, _)| *around == id))
    });
    let unwound = || {
        facts.steps.iter().flatten().any(|step| {
            matches!(step.kind, Kind::Plain { .. } | Kind::Slow { .. })
                && (step.id == id || facts.climb(step.id).iter().any(|(around, _)| *around == id))
                && facts.fate(step.id) == Fate::Panicked
                && facts.is_cancelled(facts.around[step.id], gone)
        })
    };
    if !threw && !unwound() {
        broken.push(format!("step {id} panicked for no reason"));
    }
}

/// The panic that surfaced here was one that belongs here, and none of its rivals was first.
fn surfaced(facts: &Facts<'_>, thrown: Thrown, here: Option<Id>, by: At, broken: &mut Vec<String>) {
    let Some((at, id, _)) = facts
        .thrown
        .iter()
        .find(|(at, id, other)| *other == thrown && *at < by && caught_at(facts, *id) == here)
    else {
        broken.push(format!(
            "{thrown:?} came out of {here:?}, where it does not go"
        ));
        return;
    };
    let own = facts.climb(*id);
    for (_, rival, other) in &facts.thrown {
        if rival == id || caught_at(facts, *rival) != here {
            continue;
        }
        for (child, role) in facts.climb(*rival) {
            let member = Member {
                id: child,
                part: Part::Task,
            };
            // The rival's child was seen to end before this panic began, in a group that this panic
            // unwound as well.
            if role == Role::Task
                && own.contains(&(facts.group_of(child), Role::Body))
                && !own.contains(&(child, Role::Task))
                && is_known_before(facts, member, *at)
            {
                broken.push(format!(
                    "{thrown:?} came out of {here:?}, and {other:?} was first"
                ));
            }
        }
    }
}

/// A `Keep` gets the result of its child.
fn kept(facts: &Facts<'_>, id: Id, i: usize, given: Option<Fail>, broken: &mut Vec<String>) {
    match facts.ended.get(&(id, Part::Kept(i))) {
        Some((_, said)) if *said == given => {}
        said => broken.push(format!(
            "child {i} of {id} said {said:?}, and its join gave {given:?}"
        )),
    }
}

/// The join of a child without a value: only a vthread that is not cancelled with it may observe
/// that.
pub(super) fn joins(facts: &Facts<'_>, broken: &mut Vec<String>) {
    for (_, id, what) in &facts.notes {
        if let What::Joined(child) = what
            && !matches!(facts.ended.get(&(*child, Part::Task)), Some((_, None)))
        {
            broken.push(format!("step {id} joined {child}, which has no value"));
        }
    }
    for (at, id, thrown) in &facts.thrown {
        let Thrown::Join(child) = thrown else {
            continue;
        };
        if id == child {
            // A body that joins its own children: they were cancelled, and it was not.
            if !facts.was_cancelled_on_request(*id, *at) {
                broken.push(format!(
                    "the body of {id} saw a child cancelled without a cause"
                ));
            }
            continue;
        }
        let group = facts.group_of(*child);
        let here = facts.scopes(*id);
        let is_with_it = here.contains(&Scope::Member(group)) || here.contains(&Scope::Body(group));
        match facts.ended.get(&(*child, Part::Task)) {
            Some((_, None)) if !facts.was_unwound_in((*child, Role::Task)) => {
                broken.push(format!("the join of {child} panicked, and it has a value"));
            }
            Some((_, Some(_))) if is_with_it && facts.mode(group) != Mode::Keep => {
                broken.push(format!(
                    "step {id} is cancelled with {child}, and saw it fail"
                ));
            }
            _ => {
                // The cause that cancelled the child and not this step, possibly beyond a shield,
                // by a second mark.
                let (own, _) = facts.scopes_beyond_shields(Some((*child, Role::Task)));
                let own: Vec<Scope> = own
                    .into_iter()
                    .filter(|scope| !here.contains(scope))
                    .collect();
                let failed = facts.ended.contains_key(&(*child, Part::Task))
                    || facts
                        .gone
                        .get(&(*child, Part::Task))
                        .is_some_and(|(_, panicking)| *panicking);
                if !failed && !facts.has_cause(&own, *at) {
                    broken.push(format!(
                        "step {id} is cancelled with {child}, and saw it cancelled"
                    ));
                }
            }
        }
    }
}
