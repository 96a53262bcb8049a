//! A log, indexed by step and part, and the plan, indexed by the position of each step.

use crate::log::{Event, Fail, Part, Thrown, What};
use crate::scenario::{Catches, Id, Kind, Leaf, Mode, Plan, Role, Step};
use std::collections::HashMap;

/// A position in the log.
pub(crate) type At = usize;

/// A member of a group: its body, or a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) id: Id,
    pub(crate) part: Part,
}

/// A scope around a step that can be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// This child.
    Task(Id),
    /// A child of that group.
    Member(Id),
    /// The body of that group.
    Body(Id),
    Timed(Id),
    Branch(Id, usize),
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It never began.
    Unborn,
    Passed,
    Failed(Fail),
    Panicked,
    Cancelled,
}

#[derive(Debug)]
pub(crate) struct Facts<'p> {
    pub(crate) events: &'p [Event],
    /// Each step of the plan, by its number.
    pub(crate) steps: Vec<Option<&'p Step>>,
    /// The part and the step that contain a step.
    pub(crate) around: Vec<Option<(Id, Role)>>,
    pub(crate) began: HashMap<(Id, Part), At>,
    pub(crate) ended: HashMap<(Id, Part), (At, Option<Fail>)>,
    pub(crate) gone: HashMap<(Id, Part), (At, bool)>,
    /// All other events.
    pub(crate) notes: Vec<(At, Id, What)>,
    /// The members of each group.
    pub(crate) members: HashMap<Id, Vec<Member>>,
    /// Every panic that began.
    pub(crate) thrown: Vec<(At, Id, Thrown)>,
    /// Events that were seen twice.
    pub(crate) twice: Vec<String>,
}

impl<'p> Facts<'p> {
    pub(crate) fn new(plan: &'p Plan, events: &'p [Event]) -> Self {
        let mut facts = Facts {
            events,
            steps: vec![None; plan.ids],
            around: vec![None; plan.ids],
            began: HashMap::new(),
            ended: HashMap::new(),
            gone: HashMap::new(),
            notes: Vec::new(),
            members: HashMap::new(),
            thrown: Vec::new(),
            twice: Vec::new(),
        };
        facts.read_plan(&plan.root);
        facts.read_log();
        facts
    }

    fn read_plan(&mut self, step: &'p Step) {
        self.steps[step.id] = Some(step);
        match &step.kind {
            Kind::Group { .. } => self.add_member(step.id, step.id, Part::Body),
            Kind::Keep { children } => {
                self.add_member(step.id, step.id, Part::Body);
                for i in 0..children.len() {
                    self.add_member(step.id, step.id, Part::Kept(i));
                }
            }
            Kind::Spawn { group, .. } => self.add_member(*group, step.id, Part::Task),
            _ => {}
        }
        for (role, steps) in step.inner() {
            for inner in steps {
                self.around[inner.id] = Some((step.id, role));
                self.read_plan(inner);
            }
        }
    }

    fn add_member(&mut self, group: Id, id: Id, part: Part) {
        let members = self.members.entry(group).or_default();
        members.push(Member { id, part });
    }

    fn read_log(&mut self) {
        for (at, event) in self.events.iter().enumerate() {
            let id = event.id;
            let before = match event.what {
                What::Began(part) => self.began.insert((id, part), at).is_some(),
                What::Ended(part, failure) => {
                    self.ended.insert((id, part), (at, failure)).is_some()
                }
                What::Gone(part, panicking) => {
                    self.gone.insert((id, part), (at, panicking)).is_some()
                }
                What::Threw(thrown) => {
                    self.thrown.push((at, id, thrown));
                    false
                }
                what => {
                    self.notes.push((at, id, what));
                    false
                }
            };
            if before {
                self.twice.push(format!("{:?} of {id} twice", event.what));
            }
        }
        // A join panics in its step.
        for step in self.steps.iter().flatten() {
            if let Kind::Leaf(Leaf::Join(child)) = step.kind
                && let Some(&(at, true)) = self.gone.get(&(step.id, Part::Step))
            {
                self.thrown.push((at, step.id, Thrown::Join(child)));
            }
        }
        // The children of a `Keep` are joined by its body. The planned panics of a body are in its
        // steps.
        for step in self.steps.iter().flatten() {
            if let Kind::Keep { .. } = step.kind
                && let Some(&(at, true)) = self.gone.get(&(step.id, Part::Body))
            {
                self.thrown.push((at, step.id, Thrown::Join(step.id)));
            }
        }
        self.thrown.sort_by_key(|(at, ..)| *at);
    }

    pub(crate) fn kind(&self, id: Id) -> &'p Kind {
        &self.steps[id].expect("a step of the plan").kind
    }

    pub(crate) fn fate(&self, id: Id) -> Fate {
        if !self.began.contains_key(&(id, Part::Step)) {
            return Fate::Unborn;
        }
        match self.ended.get(&(id, Part::Step)) {
            Some((_, None)) => Fate::Passed,
            Some((_, Some(fail))) => Fate::Failed(*fail),
            None => match self.gone.get(&(id, Part::Step)) {
                Some((_, true)) => Fate::Panicked,
                _ => Fate::Cancelled,
            },
        }
    }

    /// The effect of this member's error on the group.
    pub(crate) fn mode(&self, group: Id) -> Mode {
        match self.kind(group) {
            Kind::Group { mode, .. } => *mode,
            _ => Mode::Keep,
        }
    }

    /// The member's own failure, and where it was recorded.
    pub(crate) fn failure(&self, member: Member) -> Option<(At, Fail)> {
        let (at, failure) = self.ended.get(&(member.id, member.part))?;
        failure.map(|failure| (*at, failure))
    }

    pub(crate) fn group_of(&self, child: Id) -> Id {
        match self.kind(child) {
            Kind::Spawn { group, .. } => *group,
            other => unreachable!("{child} is no child: {other:?}"),
        }
    }

    /// The scopes around a step that can be cancelled, from the inside out, up to the first shield.
    pub(crate) fn scopes(&self, step: Id) -> Vec<Scope> {
        self.scopes_from(self.around[step])
    }

    pub(crate) fn scopes_from(&self, mut at: Option<(Id, Role)>) -> Vec<Scope> {
        let mut scopes = Vec::new();
        while let Some((id, role)) = at {
            at = self.around[id];
            match role {
                Role::Part | Role::Plain => {}
                Role::Body => scopes.push(Scope::Body(id)),
                Role::Kept(_) => scopes.push(Scope::Member(id)),
                Role::Task => {
                    let group = self.group_of(id);
                    scopes.extend([Scope::Task(id), Scope::Member(group)]);
                    at = self.around[group];
                }
                Role::Timed => scopes.push(Scope::Timed(id)),
                Role::Branch(i) => scopes.push(Scope::Branch(id, i)),
                Role::Shielded | Role::Cleanup => break,
            }
        }
        scopes
    }

    /// As `scopes_from`, up to the root, and the shortest grace on the way.
    pub(crate) fn scopes_beyond_shields(
        &self,
        mut at: Option<(Id, Role)>,
    ) -> (Vec<Scope>, Option<u64>) {
        let mut scopes = Vec::new();
        let mut shortest: Option<u64> = None;
        while at.is_some() {
            scopes.extend(self.scopes_from(at));
            // Continues outside of the shield.
            let mut shield = None;
            while let Some((id, role)) = at {
                if let Kind::Group {
                    grace: Some(grace), ..
                } = self.kind(id)
                {
                    shortest = Some(shortest.map_or(*grace, |shortest| shortest.min(*grace)));
                }
                at = match role {
                    Role::Shielded | Role::Cleanup => {
                        shield = self.around[id];
                        break;
                    }
                    Role::Task => Some((self.group_of(id), Role::Part)),
                    _ => self.around[id],
                };
            }
            at = shield;
        }
        (scopes, shortest)
    }

    /// Whether a panic in this step ends that child.
    pub(crate) fn kills(&self, step: Id, child: Id) -> bool {
        let way = self.climb(step);
        way.iter()
            .take_while(|(id, _)| !self.catches(*id))
            .any(|frame| *frame == (child, Role::Task))
    }

    /// Whether a blocking call in that part of a step, in a closure or a destructor, unwound
    /// because it was cancelled. Even if the unwinding stopped early, the result of the part may
    /// count as cancelled.
    pub(crate) fn was_unwound_in(&self, part: (Id, Role)) -> bool {
        let was_swallowed = self
            .notes
            .iter()
            .any(|(_, id, what)| *what == What::Swallowed && self.climb(*id).contains(&part));
        was_swallowed
            || self.steps.iter().flatten().any(|step| {
                let is_one = matches!(step.kind, Kind::Plain { .. } | Kind::Slow { .. });
                let gone = self.gone.get(&(step.id, Part::Step));
                is_one
                    && self.fate(step.id) == Fate::Panicked
                    && self.climb(step.id).contains(&part)
                    && gone.is_some_and(|(gone, _)| self.is_cancelled(self.around[step.id], *gone))
            })
    }

    /// Whether panics in this step end there. If something in a `catch_unwind!` was cancelled from
    /// outside, they pass through it.
    pub(crate) fn catches(&self, step: Id) -> bool {
        match self.kind(step) {
            Kind::Plain { catches, .. } => *catches != Catches::Nothing,
            Kind::Catch { .. } => {
                let was_cancelled = |gone| self.is_cancelled(self.around[step], gone);
                let gone = self.gone.get(&(step, Part::Step));
                self.fate(step) != Fate::Panicked
                    || !gone.is_some_and(|(gone, _)| was_cancelled(*gone))
            }
            _ => false,
        }
    }

    /// The frames that a panic in this step unwinds, from the inside out, up to the root.
    pub(crate) fn climb(&self, step: Id) -> Vec<(Id, Role)> {
        let mut frames = Vec::new();
        let mut at = self.around[step];
        while let Some((id, role)) = at {
            frames.push((id, role));
            at = match role {
                Role::Task => {
                    let group = self.group_of(id);
                    frames.push((group, Role::Body));
                    self.around[group]
                }
                _ => self.around[id],
            };
        }
        frames
    }
}

/// The part of a step in whose frame the inner steps of that role run.
pub(crate) fn part_of(role: Role) -> Part {
    match role {
        Role::Part | Role::Plain => Part::Step,
        Role::Body | Role::Timed | Role::Shielded => Part::Body,
        Role::Task => Part::Task,
        Role::Kept(i) => Part::Kept(i),
        Role::Cleanup => Part::Cleanup,
        Role::Branch(i) => Part::Branch(i),
    }
}

/// The role of a member's steps.
pub(crate) fn role_of(part: Part) -> Role {
    match part {
        Part::Task => Role::Task,
        Part::Kept(i) => Role::Kept(i),
        _ => Role::Body,
    }
}
