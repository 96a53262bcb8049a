//! Order: what may run after what, and everything once.

use super::facts::{Facts, Fate, part_of};
use crate::log::{Part, What};
use crate::scenario::{Kind, Role, Step};

pub(super) fn check(facts: &Facts<'_>, broken: &mut Vec<String>) {
    broken.extend(facts.twice.iter().cloned());
    each_begins_ends_and_goes(facts, broken);
    for step in facts.steps.iter().flatten() {
        inner_steps(facts, step, broken);
        match &step.kind {
            Kind::Group { .. } | Kind::Keep { .. } => children_before_parents(facts, step, broken),
            Kind::Spawn { .. } => captures(facts, step, broken),
            Kind::Defer { .. } => cleanup(facts, step, broken),
            _ => {}
        }
    }
}

/// Every object that began is dropped, after its own end.
fn each_begins_ends_and_goes(facts: &Facts<'_>, broken: &mut Vec<String>) {
    for (key, began) in &facts.began {
        match facts.gone.get(key) {
            None => broken.push(format!("{key:?} never goes")),
            Some((gone, _)) if gone < began => broken.push(format!("{key:?} goes before it began")),
            Some((gone, _)) => {
                if let Some((ended, _)) = facts.ended.get(key)
                    && !(began < ended && ended < gone)
                {
                    broken.push(format!(
                        "{key:?} does not end between its begin and its drop"
                    ));
                }
            }
        }
    }
    for key in facts.gone.keys() {
        if !facts.began.contains_key(key) {
            broken.push(format!("{key:?} goes and never began"));
        }
    }
}

/// Steps begin in the frame that contains them, each after the previous one has passed, and are
/// dropped before it.
fn inner_steps(facts: &Facts<'_>, step: &Step, broken: &mut Vec<String>) {
    for (role, steps) in step.inner() {
        let frame = (step.id, part_of(role));
        let mut ready = facts.began.get(&frame).copied();
        for inner in steps {
            let key = (inner.id, Part::Step);
            let Some(&began) = facts.began.get(&key) else {
                ready = None;
                continue;
            };
            if ready.is_none_or(|ready| ready > began) {
                broken.push(format!("step {} runs where it must not", inner.id));
            }
            let gone = facts.gone.get(&key).map(|(at, _)| at);
            if gone >= facts.gone.get(&frame).map(|(at, _)| at) {
                broken.push(format!(
                    "step {} is dropped after what is around it",
                    inner.id
                ));
            }
            ready = match facts.fate(inner.id) {
                Fate::Passed => gone.copied(),
                _ => None,
            };
        }
    }
}

/// Everything of the members is dropped before the group's end and the locals that they borrow.
fn children_before_parents(facts: &Facts<'_>, step: &Step, broken: &mut Vec<String>) {
    let id = step.id;
    let canary = facts.gone.get(&(id, Part::Canary)).map(|(at, _)| *at);
    // The failures of a collecting group are recorded right after its end.
    let end = facts
        .notes
        .iter()
        .find(|(_, by, what)| *by == id && matches!(what, What::Collected(..)))
        .map(|(at, ..)| *at)
        .or(facts.ended.get(&(id, Part::Step)).map(|(at, _)| *at))
        .or(canary);
    for member in &facts.members[&id] {
        let parts = match member.part {
            Part::Task => vec![Part::Task, Part::Capture],
            part => vec![part],
        };
        for part in parts {
            let key = (member.id, part);
            if let Some((gone, _)) = facts.gone.get(&key)
                && Some(*gone) > end
            {
                broken.push(format!("{key:?} goes after the end of its group {id}"));
            }
        }
        if let Some(began) = facts.began.get(&(member.id, member.part))
            && Some(began) < facts.began.get(&(id, Part::Canary))
        {
            broken.push(format!("{member:?} runs before its group {id}"));
        }
    }
}

/// A child holds its captures while it runs.
fn captures(facts: &Facts<'_>, step: &Step, broken: &mut Vec<String>) {
    let (task, capture) = ((step.id, Part::Task), (step.id, Part::Capture));
    if facts.began.contains_key(&task) {
        let held = facts.began.get(&capture) < facts.began.get(&task)
            && facts.gone.get(&capture).map(|(at, _)| at) > facts.gone.get(&task).map(|(at, _)| at);
        if !held {
            broken.push(format!("child {} runs without its captures", step.id));
        }
    }
}

/// A cleanup runs once, to its end, after the rest of the block is dropped.
fn cleanup(facts: &Facts<'_>, step: &Step, broken: &mut Vec<String>) {
    let id = step.id;
    if facts.fate(id) == Fate::Unborn {
        return;
    }
    let frame = (id, Part::Cleanup);
    let Some(&began) = facts.began.get(&frame) else {
        broken.push(format!("the cleanup of {id} does not run"));
        return;
    };
    let is_complete = facts.ended.contains_key(&frame);
    let panicked = facts
        .gone
        .get(&frame)
        .is_some_and(|(_, panicking)| *panicking);
    let was_cancelled = facts
        .gone
        .get(&frame)
        .is_some_and(|(gone, _)| facts.is_cancelled(Some((id, Role::Cleanup)), *gone));
    if !is_complete && !panicked && !was_cancelled {
        broken.push(format!("the cleanup of {id} does not come to its end"));
    }
    let rest = step
        .inner()
        .into_iter()
        .find(|(role, _)| *role == Role::Part);
    for inner in rest.into_iter().flat_map(|(_, steps)| steps) {
        if let Some((gone, _)) = facts.gone.get(&(inner.id, Part::Step))
            && *gone > began
        {
            broken.push(format!(
                "the cleanup of {id} runs before step {} is gone",
                inner.id
            ));
        }
    }
}
