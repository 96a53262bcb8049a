//! Swallowed cancellations: what plain code has caught of them has happened all the same.

use super::facts::{At, Facts, Fate};
use crate::log::{Part, Verdict, What};
use crate::scenario::{Id, Role};

/// No construct that was marked when its cancellation was swallowed gives what its body gave.
pub(super) fn check(facts: &Facts<'_>, broken: &mut Vec<String>) {
    for (at, by, what) in &facts.notes {
        if *what != What::Swallowed {
            continue;
        }
        for part in facts.marked_around(*by, *at) {
            if let Some(given) = what_it_gave(facts, part, *at) {
                broken.push(format!(
                    "step {by} swallowed the cancellation of {part:?}, and {given}"
                ));
            }
        }
    }
}

impl Facts<'_> {
    /// The parts around a step that were certainly marked by then, since the step met a mark, and
    /// no other scope around it can have had one. A child is marked together with whatever is
    /// around its group; the other parts only count as marked, and may end in any way.
    fn marked_around(&self, step: Id, by: At) -> Vec<(Id, Role)> {
        let mut marked = Vec::new();
        let here = self.scopes_from(self.around[step]);
        let mut at = self.around[step];
        while let Some((id, role)) = at {
            let (scopes, _) = self.scopes_beyond_shields(at);
            let inner = &here[..here.len() - self.scopes_from(at).len()];
            if matches!(role, Role::Shielded | Role::Cleanup) || self.has_cause(inner, by) {
                break;
            }
            match role {
                Role::Task | Role::Kept(_) => {
                    marked.push((id, role));
                    break;
                }
                Role::Body | Role::Timed | Role::Branch(_) if !self.has_cause(&scopes[1..], by) => {
                    marked.push((id, role));
                }
                _ => {}
            }
            at = self.around[id];
        }
        marked
    }

    /// Whether that part of a step certainly ended as cancelled, whatever it gave.
    pub(super) fn ended_as_cancelled(&self, part: (Id, Role)) -> bool {
        self.notes.iter().any(|(at, by, what)| {
            *what == What::Swallowed && self.marked_around(*by, *at).contains(&part)
        })
    }
}

/// What came out of a part, which was cancelled.
fn what_it_gave(facts: &Facts<'_>, (id, role): (Id, Role), since: At) -> Option<String> {
    let noted = |what: What| {
        facts
            .notes
            .iter()
            .any(|note| note.1 == id && note.2 == what)
    };
    let fate = facts.fate(id);
    let is_wrong = match role {
        Role::Body => match fate {
            Fate::Passed => true,
            Fate::Failed(fail) => {
                let own = facts.ended.get(&(id, Part::Body));
                own.is_some_and(|(at, failure)| *at > since && *failure == Some(fail))
            }
            _ => false,
        },
        Role::Timed => {
            matches!(fate, Fate::Failed(_)) || (fate == Fate::Passed && !noted(What::Elapsed))
        }
        Role::Branch(i) => noted(What::Won(i)),
        Role::Kept(i) => facts
            .notes
            .iter()
            .any(|(_, by, what)| *by == id && matches!(what, What::Kept(of, _) if *of == i)),
        Role::Task => {
            noted(What::Outcome(Verdict::Done))
                || noted(What::Outcome(Verdict::Failed))
                || facts.notes.iter().any(|note| note.2 == What::Joined(id))
        }
        Role::Part | Role::Plain | Role::Shielded | Role::Cleanup => false,
    };
    is_wrong.then(|| format!("step {id} is {fate:?}"))
}
