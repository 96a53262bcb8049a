//! Groups whose members fail in a certain order, which would rarely happen by chance.

use super::{Grow, Here};
use crate::scenario::{Kind, Leaf, Reach, Step, Steps};

impl Grow {
    /// Two children fail or panic, the second one only after the first has ended.
    pub(super) fn two_failures(&mut self, here: Here, steps: &mut Steps) {
        let panics = self.rng.one_in(4);
        let first = self.child(here, |grow| {
            let early = grow.rng.one_in(2).then_some(Leaf::Yield(1));
            let fails = if panics { Leaf::Panic } else { Leaf::Fail };
            early.into_iter().chain([fails]).collect()
        });
        let id = first.id;
        let second = self.child(here, |_| match panics {
            true => vec![Leaf::PanicAfter(id)],
            false => vec![Leaf::FailAfter(id)],
        });
        steps.extend([first, second]);
    }

    /// A child fails while the body, or another child, is about to join it.
    pub(super) fn failure_and_join(&mut self, here: Here, steps: &mut Steps) {
        let failing = self.child(here, |_| vec![Leaf::Yield(1), Leaf::Fail]);
        let joining = vec![Leaf::Yield(1), Leaf::Join(failing.id)];
        steps.push(failing);
        if self.rng.one_in(2) {
            let child = self.child(here, |_| joining);
            steps.push(child);
        } else {
            let joining = joining.into_iter().map(|leaf| self.numbered(leaf));
            steps.extend(joining.collect::<Steps>());
        }
    }

    fn child(&mut self, here: Here, leaves: impl FnOnce(&mut Self) -> Vec<Leaf>) -> Step {
        let id = self.fresh();
        let leaves = leaves(self);
        let kind = Kind::Spawn {
            into: Reach::Near,
            group: here.near.id,
            service: false,
            steps: leaves.into_iter().map(|leaf| self.numbered(leaf)).collect(),
        };
        Step { id, kind }
    }

    pub(super) fn numbered(&mut self, leaf: Leaf) -> Step {
        Step {
            id: self.fresh(),
            kind: Kind::Leaf(leaf),
        }
    }
}
