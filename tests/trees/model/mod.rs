//! The rules for a tree that ran, whatever its schedule: predicted from the plan and from the order
//! of the log.

mod causes;
mod facts;
mod failures;
mod items;
mod order;
mod outcomes;
mod swallowed;

use crate::log::Event;
use crate::scenario::Plan;
use crate::watch::Outcome;
use facts::{Facts, Scope};

/// The violations found.
pub(crate) fn check(plan: &Plan, events: &[Event], outcome: &Outcome) -> Vec<String> {
    let facts = Facts::new(plan, events);
    let mut broken = Vec::new();
    order::check(&facts, &mut broken);
    causes::check(&facts, &mut broken);
    failures::check(&facts, outcome, &mut broken);
    failures::joins(&facts, &mut broken);
    outcomes::check(&facts, &mut broken);
    swallowed::check(&facts, &mut broken);
    items::check(&facts, &mut broken);
    broken
}

/// The steps that a timeout bounds: from around them, or around the groups that they are children
/// of.
pub(crate) fn timed(plan: &Plan) -> Vec<bool> {
    let facts = Facts::new(plan, &[]);
    let is_timed = |scope: &Scope| matches!(scope, Scope::Timed(_));
    (0..plan.ids)
        .map(|id| facts.scopes(id).iter().any(is_timed))
        .collect()
}
