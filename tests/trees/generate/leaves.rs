//! Generates steps without inner steps.

use super::{Grow, Here};
use crate::scenario::{How, Leaf, Reach};
use crate::world::BOUNDS;

impl Grow {
    pub(super) fn micros(&mut self) -> u64 {
        let most = match self.rng.below(12) {
            0 => 3000,
            1..5 => 400,
            _ => 60,
        };
        self.rng.below(most) as u64
    }

    pub(super) fn leaf(&mut self, here: Here) -> Leaf {
        // Not too close to the root: its failure would end everything.
        let [fails, panics, cancels] = self.storm.map(|one_in| one_in * (1 + here.depth / 3));
        if self.rng.one_in(fails) {
            return match self.rng.pick(&self.children) {
                Some(child) if self.rng.one_in(3) => Leaf::FailAfter(*child),
                _ => Leaf::Fail,
            };
        }
        if self.rng.one_in(panics) {
            return match self.rng.pick(&self.children) {
                Some(child) if self.rng.one_in(3) => Leaf::PanicAfter(*child),
                _ => Leaf::Panic,
            };
        }
        if self.rng.one_in(cancels) {
            return self.cancel(here);
        }
        let how = self.how(here);
        match self.rng.below(16) {
            0..3 => Leaf::Yield(self.rng.between(1, 3)),
            3 | 4 => Leaf::Sleep(self.micros()),
            5 | 6 if here.endless => Leaf::Forever,
            7 => Leaf::Await(self.rng.below(3)),
            8 if self.rng.one_in(3) => Leaf::Blocking(self.rng.below(50) as u64),
            9 => Leaf::Deep {
                depth: self.rng.between(1, 40),
                wait: match here.endless {
                    true => 3_600_000_000,
                    false => self.micros(),
                },
            },
            10 | 11 => Leaf::Send {
                channel: self.rng.below(BOUNDS.len()),
                how,
            },
            12 | 13 => Leaf::Recv {
                channel: self.rng.below(BOUNDS.len()),
                how,
            },
            14 if self.rng.one_in(3) => Leaf::Pipe {
                producers: self.rng.between(1, 3),
                consumers: self.rng.between(1, 3),
                items: self.rng.between(0, 4),
                bound: self.rng.between(1, 2),
            },
            15 if here.lock == 0 => match self.rng.pick(&self.joinable) {
                Some(child) => Leaf::Join(*child),
                None => Leaf::Yield(1),
            },
            _ => Leaf::Sleep(self.micros()),
        }
    }

    fn cancel(&mut self, here: Here) -> Leaf {
        if let Some(child) = self.rng.pick(&self.children)
            && self.rng.one_in(2)
        {
            return Leaf::CancelTask(*child);
        }
        let (reach, around) = match (self.rng.below(4), here.far, here.top) {
            (0, Some(far), _) => (Reach::Far, far),
            (1, _, Some(top)) => (Reach::Top, top),
            _ => (Reach::Near, here.near),
        };
        Leaf::CancelGroup {
            reach,
            group: around.id,
        }
    }

    fn how(&mut self, here: Here) -> How {
        match self.rng.below(4) {
            0 => How::Try,
            1 if here.endless => How::Endless,
            2 => How::Select(self.micros()),
            _ => How::Timeout(self.micros()),
        }
    }
}
