//! Outcomes: what handles report about the ends of children, and the reasons.

use super::facts::{Facts, Member, Scope};
use crate::log::{Part, Verdict, What};
use crate::scenario::{Id, Role};

pub(super) fn check(facts: &Facts<'_>, broken: &mut Vec<String>) {
    for (_, child, what) in &facts.notes {
        if let What::Outcome(verdict) = what
            && !agrees(facts, *child, *verdict)
        {
            broken.push(format!("the outcome of child {child} is {verdict:?}"));
        }
    }
}

fn agrees(facts: &Facts<'_>, child: Id, verdict: Verdict) -> bool {
    let end = facts
        .ended
        .get(&(child, Part::Task))
        .map(|(_, failure)| *failure);
    let threw = || {
        facts
            .thrown
            .iter()
            .any(|(_, by, _)| facts.kills(*by, child))
    };
    let was_swallowed = || facts.was_unwound_in((child, Role::Task));
    let is_cancelled = (end.is_none() || was_swallowed()) && !threw();
    match verdict {
        Verdict::Done => end == Some(None),
        Verdict::Failed => matches!(end, Some(Some(_))),
        Verdict::Panicked => end.is_none() && threw(),
        Verdict::Alive | Verdict::Strange => false,
        reason => is_cancelled && is_the_reason(facts, child, reason),
    }
}

/// Whether that happened to a scope around the child. A second mark has the reason of the first,
/// which may have been set beyond a shield.
fn is_the_reason(facts: &Facts<'_>, child: Id, reason: Verdict) -> bool {
    let end = facts.events.len();
    let (scopes, _) = facts.scopes_beyond_shields(Some((child, Role::Task)));
    scopes.iter().any(|scope| match (reason, *scope) {
        (Verdict::BecauseOfChild(id), Scope::Member(group) | Scope::Body(group)) => {
            facts.members[&group].iter().any(|member| {
                member.id == id && member.part != Part::Body && has_failed(facts, *member)
            })
        }
        (Verdict::BecauseOfBody(id), Scope::Member(group) | Scope::Body(group)) => {
            let body = Member {
                id,
                part: Part::Body,
            };
            id == group && has_failed(facts, body)
        }
        // That is for the children only.
        (Verdict::GroupCancelled, Scope::Member(group)) => {
            facts.was_cancelled_on_request(group, end)
        }
        (Verdict::TaskCancelled, Scope::Task(_))
        | (Verdict::TimedOut, Scope::Timed(_))
        | (Verdict::NotSelected, Scope::Branch(..))
        | (Verdict::GroupEnded, Scope::Task(_)) => facts.is_cause(*scope, end - 1),
        _ => false,
    })
}

fn has_failed(facts: &Facts<'_>, member: Member) -> bool {
    let panicked = facts.gone.get(&(member.id, member.part));
    facts.failure(member).is_some() || panicked.is_some_and(|(_, panicking)| *panicking)
}
