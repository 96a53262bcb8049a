//! The actions of a tree, as pure data: steps, each with a number of its own, each run at most
//! once.
//!
//! A step's number also identifies what it makes: the group that a `Group` opens, the child that a
//! `Spawn` starts, the failure of a `Fail`. Numbers grow in the order of the text, and stay the
//! same when a plan shrinks.

use std::fmt;

/// The number of a step.
pub(crate) type Id = usize;

/// The outermost group.
pub(crate) const TOP: Id = 0;
/// The group inside it, whose body runs the plan's steps.
pub(crate) const ROOT: Id = 1;

/// Steps one after the other, in one vthread.
pub(crate) type Steps = Vec<Step>;

#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) id: Id,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Leaf(Leaf),
    /// Holds a lock meanwhile.
    Hold {
        lock: usize,
        steps: Steps,
    },
    Group {
        mode: Mode,
        limit: usize,
        /// How long cleanup may take, in microseconds, if given.
        grace: Option<u64>,
        steps: Steps,
    },
    /// A child of one of the enclosing groups.
    Spawn {
        into: Reach,
        /// The group that `into` reaches from here.
        group: Id,
        service: bool,
        steps: Steps,
    },
    /// A group whose children's failures are values.
    Keep {
        children: Vec<Steps>,
    },
    Timeout {
        micros: u64,
        steps: Steps,
    },
    Shield {
        steps: Steps,
    },
    /// `steps` are the rest of the block.
    Defer {
        cleanup: Steps,
        steps: Steps,
    },
    Select {
        branches: Vec<Steps>,
    },
    /// A call of the function that runs steps: a segment of its own.
    Call {
        steps: Steps,
    },
    /// A blocking call in a closure.
    Plain {
        catches: Catches,
        steps: Steps,
    },
    /// Catches the panics of code that suspends in it.
    Catch {
        steps: Steps,
    },
    /// Binds the context variable to its number meanwhile.
    Bind {
        steps: Steps,
    },
    /// Holds an object meanwhile whose destructor blocks.
    Slow {
        steps: Steps,
    },
}

/// The effect of a failure in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Cancel,
    Collect,
    /// Children that are joined through the handle fail for the group, which continues.
    Keep,
}

/// What a closure does not let out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Catches {
    Nothing,
    Panics,
    /// Cancellations as well: the code after it continues up to its next suspension point.
    All,
}

/// One of the enclosing groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The innermost one.
    Near,
    /// The one around that.
    Far,
    /// The outermost.
    Top,
}

/// A step without inner steps.
#[derive(Debug, Clone)]
pub(crate) enum Leaf {
    Yield(usize),
    Sleep(u64),
    /// Until cancelled.
    Forever,
    /// A foreign future that is pending this many times.
    Await(usize),
    /// Work on a helper thread.
    Blocking(u64),
    /// A recursion of this depth, with a wait at its bottom.
    Deep {
        depth: usize,
        wait: u64,
    },
    Send {
        channel: usize,
        how: How,
    },
    Recv {
        channel: usize,
        how: How,
    },
    /// Producers and consumers over a channel of their own, whose closing ends them.
    Pipe {
        producers: usize,
        consumers: usize,
        items: usize,
        bound: usize,
    },
    Join(Id),
    CancelTask(Id),
    CancelGroup {
        reach: Reach,
        group: Id,
    },
    Fail,
    /// Fails when that child has ended, or its locals are gone, or after a while.
    FailAfter(Id),
    Panic,
    PanicAfter(Id),
}

/// How an operation on a channel is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Try,
    Timeout(u64),
    Select(u64),
    /// Not at all: it is certain to be cancelled.
    Endless,
}

/// The relation of an inner sequence of steps to the outer step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It runs as part of the step: held lock, call, rest of a block.
    Part,
    Body,
    Task,
    Kept(usize),
    Timed,
    Shielded,
    Cleanup,
    Branch(usize),
    Plain,
}

impl Step {
    /// The inner sequences of steps.
    pub(crate) fn inner(&self) -> Vec<(Role, &Steps)> {
        match &self.kind {
            Kind::Leaf(_) => Vec::new(),
            Kind::Hold { steps, .. }
            | Kind::Call { steps }
            | Kind::Catch { steps }
            | Kind::Bind { steps }
            | Kind::Slow { steps } => vec![(Role::Part, steps)],
            Kind::Group { steps, .. } => vec![(Role::Body, steps)],
            Kind::Spawn { steps, .. } => vec![(Role::Task, steps)],
            Kind::Keep { children } => children
                .iter()
                .enumerate()
                .map(|(i, steps)| (Role::Kept(i), steps))
                .collect(),
            Kind::Timeout { steps, .. } => vec![(Role::Timed, steps)],
            Kind::Shield { steps } => vec![(Role::Shielded, steps)],
            Kind::Defer { cleanup, steps } => {
                vec![(Role::Cleanup, cleanup), (Role::Part, steps)]
            }
            Kind::Select { branches } => branches
                .iter()
                .enumerate()
                .map(|(i, steps)| (Role::Branch(i), steps))
                .collect(),
            Kind::Plain { steps, .. } => vec![(Role::Plain, steps)],
        }
    }

    pub(crate) fn inner_mut(&mut self) -> Vec<&mut Steps> {
        match &mut self.kind {
            Kind::Leaf(_) => Vec::new(),
            Kind::Hold { steps, .. }
            | Kind::Call { steps }
            | Kind::Catch { steps }
            | Kind::Bind { steps }
            | Kind::Slow { steps }
            | Kind::Group { steps, .. }
            | Kind::Spawn { steps, .. }
            | Kind::Timeout { steps, .. }
            | Kind::Shield { steps }
            | Kind::Plain { steps, .. } => vec![steps],
            Kind::Keep { children } => children.iter_mut().collect(),
            Kind::Defer { cleanup, steps } => vec![cleanup, steps],
            Kind::Select { branches } => branches.iter_mut().collect(),
        }
    }
}

/// A plan. Its root is two groups that cancel, one in the other.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) root: Step,
    /// One more than the highest number.
    pub(crate) ids: usize,
}

impl Plan {
    pub(crate) fn new(seed: u64, steps: Steps, ids: usize) -> Self {
        let group = |id, steps| Step {
            id,
            kind: Kind::Group {
                mode: Mode::Cancel,
                limit: usize::MAX,
                grace: None,
                steps,
            },
        };
        let root = group(TOP, vec![group(ROOT, steps)]);
        Plan { seed, root, ids }
    }

    /// The steps in the two groups.
    pub(crate) fn steps(&self) -> &Steps {
        self.root.inner()[0].1[0].inner()[0].1
    }

    pub(crate) fn steps_mut(&mut self) -> &mut Steps {
        let root = self.root.inner_mut().remove(0);
        root[0].inner_mut().remove(0)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_steps(f, std::slice::from_ref(&self.root), 0)
    }
}

fn write_steps(f: &mut fmt::Formatter<'_>, steps: &[Step], depth: usize) -> fmt::Result {
    for step in steps {
        write!(f, "{:4} {:depth$}", step.id, "", depth = 2 * depth)?;
        match &step.kind {
            Kind::Leaf(leaf) => writeln!(f, "{leaf:?}")?,
            Kind::Hold { lock, .. } => writeln!(f, "hold {lock}")?,
            Kind::Group {
                mode, limit, grace, ..
            } => {
                write!(f, "group {mode:?}")?;
                if *limit < usize::MAX {
                    write!(f, ", at most {limit}")?;
                }
                if let Some(micros) = grace {
                    write!(f, ", grace {micros} us")?;
                }
                writeln!(f)?;
            }
            Kind::Spawn { group, service, .. } => {
                let what = if *service { "service" } else { "spawn" };
                writeln!(f, "{what} into {group}")?;
            }
            Kind::Keep { .. } => writeln!(f, "keep")?,
            Kind::Timeout { micros, .. } => writeln!(f, "timeout {micros} us")?,
            Kind::Shield { .. } => writeln!(f, "shield")?,
            Kind::Defer { .. } => writeln!(f, "defer")?,
            Kind::Select { .. } => writeln!(f, "select")?,
            Kind::Call { .. } => writeln!(f, "call")?,
            Kind::Plain { catches, .. } => {
                let what = match catches {
                    Catches::Nothing => "",
                    Catches::Panics => ", catches panics",
                    Catches::All => ", catches all",
                };
                writeln!(f, "plain{what}")?;
            }
            Kind::Catch { .. } => writeln!(f, "catch")?,
            Kind::Bind { .. } => writeln!(f, "bind")?,
            Kind::Slow { .. } => writeln!(f, "slow destructor")?,
        }
        let inner = step.inner();
        for (role, steps) in &inner {
            if matches!(role, Role::Cleanup | Role::Branch(_) | Role::Kept(_)) {
                writeln!(f, "     {:depth$}{role:?}:", "", depth = 2 * depth + 1)?;
            }
            write_steps(f, steps, depth + 1)?;
        }
    }
    Ok(())
}
