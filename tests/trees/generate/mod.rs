//! Generates a plan from a seed.
//!
//! A plan must not be able to wait forever by its own fault, so that a tree that hangs is a
//! failure:
//! - locks are taken in the order of their numbers, and the holder of a lock joins no child and
//!   spawns into no full group;
//! - a child is joined only by steps that come after all of its own;
//! - waits on the shared channels are bounded, or stand where they are certain to be cancelled
//!   (`endless`): in a timeout, in a branch beside a bounded one, in a service, in a group whose
//!   body is doomed to fail. A shield ends that, and so does an outer group.

mod failing;
mod leaves;

use crate::rng::Rng;
use crate::scenario::{Catches, Id, Kind, Leaf, Mode, Plan, ROOT, Reach, Step, Steps, TOP};
use crate::world::LOCKS;

/// An enclosing group, as a place to spawn into.
#[derive(Debug, Clone, Copy)]
struct Around {
    id: Id,
    /// Its members are certain to be cancelled.
    endless: bool,
    /// And for the second time soon after.
    is_forced: bool,
    /// It has a limit, so a spawner may have to wait.
    is_limited: bool,
    /// It accepts children here. A group with a limit is for its body and its children only.
    is_open: bool,
}

impl Around {
    /// The group as its members and those of inner groups see it.
    fn for_members(self) -> Self {
        Around {
            is_open: !self.is_limited,
            ..self
        }
    }
}

/// The position of a step.
#[derive(Debug, Clone, Copy)]
struct Here {
    /// How many levels may follow.
    depth: usize,
    /// Steps here are certain to be cancelled.
    endless: bool,
    /// If so, a shield does not hold for long.
    is_forced: bool,
    /// The locks from this one on may be taken.
    lock: usize,
    near: Around,
    far: Option<Around>,
    top: Option<Around>,
    /// A closure may block here.
    plain: bool,
}

struct Grow {
    rng: Rng,
    next: Id,
    /// How many more steps there may be.
    left: usize,
    /// One leaf in this many fails, panics, cancels.
    storm: [usize; 3],
    /// Complete children that end by themselves.
    joinable: Vec<Id>,
    children: Vec<Id>,
}

/// The plan of a seed.
pub(crate) fn grow(seed: u64) -> Plan {
    let mut rng = Rng::new(seed);
    let left = match rng.below(60) {
        0 => rng.between(150, 350),
        1..8 => rng.between(50, 120),
        _ => rng.between(5, 50),
    };
    let weather = *rng.pick(&[1000, 40, 12, 6]).expect("not empty");
    let storm = [weather, 3 * weather, 2 * weather];
    let mut grow = Grow {
        rng,
        next: ROOT + 1,
        left,
        storm,
        joinable: Vec::new(),
        children: Vec::new(),
    };
    let top = Around {
        id: TOP,
        endless: false,
        is_forced: false,
        is_limited: false,
        is_open: true,
    };
    let here = Here {
        depth: 10,
        endless: false,
        is_forced: false,
        lock: 0,
        near: Around { id: ROOT, ..top },
        far: Some(top),
        top: Some(top),
        plain: true,
    };
    let mut steps = Vec::new();
    while grow.left > 0 {
        let step = grow.step(here);
        steps.push(step);
    }
    Plan::new(seed, steps, grow.next)
}

impl Grow {
    fn fresh(&mut self) -> Id {
        let id = self.next;
        self.next += 1;
        self.left = self.left.saturating_sub(1);
        id
    }

    fn steps(&mut self, here: Here, most: usize) -> Steps {
        let n = self.rng.between(1, most);
        let here = Here {
            depth: here.depth.saturating_sub(1),
            ..here
        };
        let mut steps = Vec::new();
        while steps.is_empty() || (steps.len() < n && self.left > 0) {
            let step = self.step(here);
            // Steps after it would never run.
            let is_last = matches!(
                step.kind,
                Kind::Leaf(Leaf::Fail | Leaf::FailAfter(_) | Leaf::Panic | Leaf::PanicAfter(_))
            );
            steps.push(step);
            if is_last {
                break;
            }
        }
        steps
    }

    fn step(&mut self, here: Here) -> Step {
        let id = self.fresh();
        let kind = if here.depth == 0 || self.left == 0 || self.rng.one_in(3) {
            Kind::Leaf(self.leaf(here))
        } else {
            self.block(id, here)
        };
        Step { id, kind }
    }

    fn block(&mut self, id: Id, here: Here) -> Kind {
        match self.rng.below(29) {
            0..6 => self.group(id, here),
            6..15 => self.spawn(id, here),
            15 if here.lock < LOCKS => {
                let lock = self.rng.between(here.lock, LOCKS - 1);
                let inside = Here {
                    lock: lock + 1,
                    endless: false,
                    ..here
                };
                let steps = self.steps(inside, 2);
                Kind::Hold { lock, steps }
            }
            16 => self.keep(id, here),
            17 | 18 => {
                let micros = self.micros();
                let inside = Here {
                    endless: true,
                    ..here
                };
                let steps = self.steps(inside, 3);
                Kind::Timeout { micros, steps }
            }
            19 => {
                let inside = Here {
                    endless: here.endless && here.is_forced,
                    ..here
                };
                let steps = self.steps(inside, 3);
                Kind::Shield { steps }
            }
            20 | 21 => {
                let inside = Here {
                    // Without a cancellation the cleanup runs as well.
                    endless: false,
                    ..here
                };
                let cleanup = self.steps(inside, 2);
                let steps = self.steps(here, 3);
                Kind::Defer { cleanup, steps }
            }
            22 => {
                let bounded = self.rng.below(2);
                let branches = (0..2)
                    .map(|i| {
                        // A closure that blocks would block the other branch as well.
                        let inside = Here {
                            endless: here.endless || i != bounded,
                            plain: false,
                            ..here
                        };
                        self.steps(inside, 2)
                    })
                    .collect();
                Kind::Select { branches }
            }
            23 if here.plain && self.rng.one_in(3) => {
                let inside = Here {
                    plain: false,
                    ..here
                };
                let mut steps = self.steps(inside, 2);
                let catches = match self.rng.below(4) {
                    0 => Catches::Nothing,
                    1 => Catches::Panics,
                    _ => Catches::All,
                };
                let last = match catches {
                    Catches::Panics => Some(Leaf::Panic),
                    Catches::All if here.endless => Some(Leaf::Forever),
                    _ => None,
                };
                if let Some(last) = last.filter(|_| self.rng.one_in(2)) {
                    steps.push(self.numbered(last));
                }
                Kind::Plain { catches, steps }
            }
            24 => {
                let steps = self.steps(here, 2);
                Kind::Slow { steps }
            }
            25 => {
                let steps = self.steps(here, 3);
                Kind::Bind { steps }
            }
            26 | 27 => {
                let mut steps = self.steps(here, 3);
                if self.rng.one_in(3) {
                    let id = self.fresh();
                    steps.push(Step {
                        id,
                        kind: Kind::Leaf(Leaf::Panic),
                    });
                }
                Kind::Catch { steps }
            }
            _ => {
                let steps = self.steps(here, 3);
                Kind::Call { steps }
            }
        }
    }

    fn group(&mut self, id: Id, here: Here) -> Kind {
        let mode = match self.rng.below(6) {
            0 => Mode::Collect,
            1 => Mode::Keep,
            _ => Mode::Cancel,
        };
        // The step that is certain to end it.
        let doom = match self.rng.below(8) {
            // Its body may fail first, and that cancels nothing.
            _ if mode == Mode::Keep => None,
            0 => Some(Leaf::Fail),
            1 => Some(Leaf::CancelGroup {
                reach: Reach::Near,
                group: id,
            }),
            2 if self.rng.one_in(4) => Some(Leaf::Panic),
            _ => None,
        };
        let doom = doom.filter(|_| self.storm[0] < 1000);
        let grace = self.rng.one_in(8).then(|| self.rng.below(1500) as u64);
        // The holder of a lock must not wait for a place.
        let is_limited = here.lock == 0 && doom.is_none() && self.rng.one_in(6);
        let limit = match is_limited {
            true => self.rng.between(1, 3),
            false => usize::MAX,
        };
        let near = Around {
            id,
            endless: here.endless || doom.is_some(),
            is_forced: here.is_forced || grace.is_some(),
            is_limited,
            is_open: true,
        };
        let inside = Here {
            near,
            far: Some(here.near.for_members()),
            is_forced: near.is_forced,
            ..here
        };
        let mut steps = self.steps(inside, 8);
        if self.rng.one_in(4) && self.storm[0] < 1000 {
            self.two_failures(inside, &mut steps);
        }
        if self.rng.one_in(6) && self.storm[0] < 1000 && here.lock == 0 && !is_limited {
            self.failure_and_join(inside, &mut steps);
        }
        if let Some(doom) = doom {
            let id = self.fresh();
            steps.push(Step {
                id,
                kind: Kind::Leaf(doom),
            });
        }
        Kind::Group {
            mode,
            limit,
            grace,
            steps,
        }
    }

    fn spawn(&mut self, id: Id, here: Here) -> Kind {
        let (into, around) = match (self.rng.below(8), here.far, here.top) {
            (0 | 1, Some(far), _) => (Reach::Far, far),
            (2, _, Some(top)) => (Reach::Top, top),
            _ => (Reach::Near, here.near),
        };
        // A spawner that waits for a place must not block the members that could free one.
        if !around.is_open || (around.is_limited && (here.lock > 0 || !here.plain)) {
            let steps = self.steps(here, 2);
            return Kind::Call { steps };
        }
        let service = into == Reach::Near && self.rng.one_in(10);
        // A child of a group with a limit gives its own place away while it waits for another.
        let near = around;
        let inside = Here {
            depth: here.depth,
            endless: around.endless || service,
            is_forced: around.is_forced,
            // The holder of a lock may wait for this group, if it stands inside.
            lock: here.lock,
            near,
            far: (into == Reach::Near).then_some(here.far).flatten(),
            top: (into == Reach::Near).then_some(here.top).flatten(),
            plain: here.plain,
        };
        self.children.push(id);
        let steps = self.steps(inside, 4);
        // A child that waits for a place must not be joined by the holder of that place.
        if !inside.endless && !around.is_limited {
            self.joinable.push(id);
        }
        Kind::Spawn {
            into,
            group: around.id,
            service,
            steps,
        }
    }

    fn keep(&mut self, id: Id, here: Here) -> Kind {
        let near = Around {
            id,
            endless: here.endless,
            is_forced: here.is_forced,
            is_limited: false,
            is_open: true,
        };
        let inside = Here {
            near,
            far: Some(here.near.for_members()),
            ..here
        };
        let n = self.rng.between(1, 4);
        let children = (0..n).map(|_| self.steps(inside, 3)).collect();
        Kind::Keep { children }
    }
}
