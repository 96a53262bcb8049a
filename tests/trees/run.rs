//! Runs a plan, through the macros that a program uses.

use crate::leaf::leaf;
use crate::log::{Fail, Part, Thrown, What};
use crate::scenario::{Catches, Id, Kind, Leaf, Mode, ROOT, Reach, Step, TOP};
use crate::world::{Canary, Lock, Slow, World};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::time::{Elapsed, deadline, now};
use vthread::{Failures, Group, is_cancellation, yield_now};

/// The defaults of a group.
const DEFAULT_GRACE: Duration = Duration::from_secs(30);

context_var! {
    /// The number of the innermost `Bind` around: in calls, closures and children alike.
    pub(crate) static BOUND: Id = TOP;
}

/// An enclosing group, and a local of the frame that opened it.
#[derive(Clone, Copy)]
pub(crate) struct Around<'x, 's> {
    group: &'x Group<'s, Fail>,
    canary: &'s Canary<'s>,
    id: Id,
    limit: usize,
    /// Whether the vthread is one of its children, and not its body.
    is_child: bool,
}

/// The whole tree, on the calling thread. It always has two groups, so that every child can reach
/// one.
#[vthread]
pub(crate) fn root(world: &World, inner: &[Step]) -> Result<(), Fail> {
    let log = &*world.log;
    let outer = log.part(TOP, Part::Step);
    let outer_canary = Canary::new(log, TOP);
    let result = group!(top, name = "g0" => {
        let top_body = log.part(TOP, Part::Body);
        let step = log.part(ROOT, Part::Step);
        let canary = Canary::new(log, ROOT);
        let top = Around { group: top, canary: &outer_canary, id: TOP, limit: usize::MAX, is_child: false };
        let result = group!(g, name = "g1" => {
            let body = log.part(ROOT, Part::Body);
            let near = Around { group: g, canary: &canary, id: ROOT, limit: usize::MAX, is_child: false };
            let result = steps(world, inner, near, Some(top), Some(top), TOP);
            body.ended(&result);
            result?;
        });
        step.ended(&result);
        drop(canary);
        drop(step);
        top_body.ended(&result);
        result?;
    });
    outer.ended(&result);
    result
}

/// Runs steps one after the other, up to the first failure.
#[vthread]
pub(crate) fn steps<'w, 'x, 's, 'f, 't, 'p>(
    world: &'w World,
    steps_: &'w [Step],
    near: Around<'x, 's>,
    far: Option<Around<'s, 'f>>,
    top: Option<Around<'t, 'p>>,
    bound: Id,
) -> Result<(), Fail>
where
    'w: 's + 'f + 'p,
    't: 's,
{
    for step in steps_ {
        let id = step.id;
        let log = &*world.log;
        near.canary.look();
        if BOUND.get() != bound {
            log.complain(format!(
                "step {id} sees {}, and {bound} was bound",
                BOUND.get()
            ));
        }
        if deadline().is_some() != world.has_deadline[id] {
            log.complain(format!("the deadline of step {id} is {:?}", deadline()));
        }
        let alive = log.part(id, Part::Step);
        let result = match &step.kind {
            Kind::Leaf(Leaf::CancelGroup { reach, .. }) => {
                match reach {
                    Reach::Near => near.group.cancel(),
                    Reach::Far => {
                        if let Some(far) = far {
                            far.group.cancel()
                        }
                    }
                    Reach::Top => {
                        if let Some(top) = top {
                            top.group.cancel()
                        }
                    }
                }
                alive.note(What::Cancelled);
                Ok(())
            }
            Kind::Leaf(what) => leaf(world, id, what),
            Kind::Hold { lock, steps: inner } => match &world.locks[*lock] {
                Lock::Exclusive(lock, holders) => {
                    let _guard = lock.lock();
                    let _held = holders.alone(log);
                    steps(world, inner, near, far, top, bound)
                }
                Lock::Shared(lock, holders) if id % 2 == 0 => {
                    let _guard = lock.read();
                    let _held = holders.shared(log);
                    steps(world, inner, near, far, top, bound)
                }
                Lock::Shared(lock, holders) => {
                    let _guard = lock.write();
                    let _held = holders.alone(log);
                    steps(world, inner, near, far, top, bound)
                }
                Lock::Permits(semaphore, holders) => {
                    let _permit = semaphore.acquire();
                    let _held = holders.permit(log);
                    steps(world, inner, near, far, top, bound)
                }
            },
            Kind::Group {
                mode,
                limit,
                grace,
                steps: inner,
            } => {
                let grace = grace.map_or(DEFAULT_GRACE, Duration::from_micros);
                let name = format!("g{id}");
                let canary = Canary::new(log, id);
                let limit = *limit;
                match mode {
                    Mode::Cancel => {
                        group!(g, max_concurrency = limit, grace = grace, name = name => {
                            let body = log.part(id, Part::Body);
                            let here = Around { group: g, canary: &canary, id, limit, is_child: false };
                            let result = steps(world, inner, here, Some(near), top, bound);
                            body.ended(&result);
                            result?;
                        })
                    }
                    Mode::Keep => {
                        group!(g, max_concurrency = limit, grace = grace, name = name, on_failure = keep => {
                            let body = log.part(id, Part::Body);
                            let here = Around { group: g, canary: &canary, id, limit, is_child: false };
                            let result = steps(world, inner, here, Some(near), top, bound);
                            body.ended(&result);
                            result?;
                        })
                    }
                    Mode::Collect => {
                        let result: Result<(), Failures<Fail>> = group!(g, max_concurrency = limit, grace = grace, name = name, on_failure = collect => {
                            let body = log.part(id, Part::Body);
                            let here = Around { group: g, canary: &canary, id, limit, is_child: false };
                            let result = steps(world, inner, here, Some(near), top, bound);
                            body.ended(&result);
                            result?;
                        });
                        result.map_err(|failures| {
                            for (at, failure) in failures.iter().enumerate() {
                                alive.note(What::Collected(at, *failure));
                            }
                            failures.into_first()
                        })
                    }
                }
            }
            Kind::Spawn {
                into,
                service,
                steps: inner,
                ..
            } => {
                let capture = log.part(id, Part::Capture);
                let near_group = near.group;
                // A service takes no place, and its spawner gives none away.
                let is_limited = *into == Reach::Near && near.limit < usize::MAX;
                let is_child = near.is_child && is_limited && !*service;
                let paused = world.paused(is_child, near.id, near.limit);
                let task = match (into, far, top) {
                    (Reach::Near, ..) if *service => {
                        spawn!(near_group, service, name = format!("t{id}") => {
                            let _capture = &capture;
                            let frame = log.part(id, Part::Task);
                            let near = Around { group: near_group, is_child: false, ..near };
                            let result = steps(world, inner, near, far, top, bound);
                            frame.ended(&result);
                            result?;
                            world.value(id)
                        })
                    }
                    (Reach::Near, ..) => {
                        spawn!(near_group, name = format!("t{id}") => {
                            let _capture = &capture;
                            let frame = log.part(id, Part::Task);
                            let _running = world.running(near.id, near.limit);
                            let near = Around { group: near_group, is_child: true, ..near };
                            let result = steps(world, inner, near, far, top, bound);
                            frame.ended(&result);
                            result?;
                            world.value(id)
                        })
                    }
                    (Reach::Far, Some(far), _) => {
                        let far_group = far.group;
                        spawn!(far_group, name = format!("t{id}") => {
                            let _capture = &capture;
                            let frame = log.part(id, Part::Task);
                            let _running = world.running(far.id, far.limit);
                            let near = Around { group: far_group, canary: far.canary, id: far.id, limit: far.limit, is_child: true };
                            let result = steps(world, inner, near, None, None, bound);
                            frame.ended(&result);
                            result?;
                            world.value(id)
                        })
                    }
                    (_, _, Some(top)) => {
                        let top_group = top.group;
                        spawn!(top_group, name = format!("t{id}") => {
                            let _capture = &capture;
                            let frame = log.part(id, Part::Task);
                            let near = Around { group: top_group, canary: top.canary, id: top.id, limit: top.limit, is_child: true };
                            let result = steps(world, inner, near, None, None, bound);
                            frame.ended(&result);
                            result?;
                            world.value(id)
                        })
                    }
                    _ => unreachable!("a plan reaches for groups that are there"),
                };
                paused.over();
                world.keep_task(id, task);
                Ok(())
            }
            Kind::Keep { children } => {
                let canary = Canary::new(log, id);
                group!(g, on_failure = keep, name = format!("g{id}") => {
                    let body = log.part(id, Part::Body);
                    let mut tasks = Vec::new();
                    for (i, inner) in children.iter().enumerate() {
                        tasks.push(spawn!(name = format!("t{id}") => {
                            let frame = log.part(id, Part::Kept(i));
                            let here = Around { group: g, canary: &canary, id, limit: usize::MAX, is_child: false };
                            let result = steps(world, inner, here, Some(near), top, bound);
                            frame.ended(&result);
                            result?;
                            i
                        }));
                    }
                    for (i, task) in tasks.into_iter().enumerate() {
                        let result: Result<usize, Fail> = task.join();
                        if result.is_ok_and(|value| value != i) {
                            log.complain(format!("child {i} of {id} gave {result:?}"));
                        }
                        log.note(id, What::Kept(i, result.err()));
                    }
                    body.ended(&Ok(()));
                })
            }
            Kind::Timeout {
                micros,
                steps: inner,
            } => {
                let patience = Duration::from_micros(*micros);
                let (started, further_out) = (now(), deadline());
                let outcome: Result<Result<(), Fail>, Elapsed> = timeout!(patience => {
                    let body = log.part(id, Part::Body);
                    let latest = now() + patience;
                    let latest = further_out.map_or(latest, |at| at.min(latest));
                    if deadline().is_none_or(|at| at > latest) {
                        log.complain(format!("timeout {id} ends at {:?}", deadline()));
                    }
                    let result = steps(world, inner, near, far, top, bound);
                    body.ended(&result);
                    result
                });
                outcome.unwrap_or_else(|_| {
                    alive.note(What::Elapsed);
                    if (now() - started) < patience {
                        log.complain(format!("timeout {id} fired after {:?}", (now() - started)));
                    }
                    Ok(())
                })
            }
            Kind::Shield { steps: inner } => {
                shield! {
                    let body = log.part(id, Part::Body);
                    let result = steps(world, inner, near, far, top, bound);
                    body.ended(&result);
                    result
                }
            }
            Kind::Defer {
                cleanup,
                steps: inner,
            } => {
                defer! {
                    let frame = log.part(id, Part::Cleanup);
                    let result = steps(world, cleanup, near, far, top, bound);
                    frame.ended(&result);
                }
                steps(world, inner, near, far, top, bound)
            }
            Kind::Select { branches } => {
                select! {
                    result = {
                        let branch = log.part(id, Part::Branch(0));
                        let result = steps(world, &branches[0], near, far, top, bound);
                        branch.ended(&result);
                        result
                    } => {
                        alive.note(What::Won(0));
                        result
                    }
                    result = {
                        let branch = log.part(id, Part::Branch(1));
                        let result = steps(world, &branches[1], near, far, top, bound);
                        branch.ended(&result);
                        result
                    } => {
                        alive.note(What::Won(1));
                        result
                    }
                }
            }
            Kind::Call { steps: inner } => steps(world, inner, near, far, top, bound),
            Kind::Plain {
                catches,
                steps: inner,
            } => {
                let call = || steps(world, inner, near, far, top, bound);
                if *catches == Catches::Nothing {
                    call()
                } else {
                    match catch_unwind(AssertUnwindSafe(call)) {
                        Ok(result) => result,
                        Err(payload) => match Thrown::of(&*payload) {
                            Some(thrown) => {
                                alive.note(What::Caught(thrown));
                                Ok(())
                            }
                            None if *catches == Catches::All && is_cancellation(&*payload) => {
                                alive.note(What::Swallowed);
                                let again = || catch_unwind(|| yield_now());
                                if !again().is_err_and(|payload| is_cancellation(&*payload)) {
                                    log.complain(format!("plain code passes a suspension point after the cancellation of {id}"));
                                }
                                Ok(())
                            }
                            None => resume_unwind(payload),
                        },
                    }
                }
            }
            Kind::Catch { steps: inner } => {
                let caught = catch_unwind! {
                    steps(world, inner, near, far, top, bound)
                };
                match caught {
                    Ok(result) => result,
                    Err(payload) => match Thrown::of(&*payload) {
                        Some(thrown) => {
                            alive.note(What::Caught(thrown));
                            Ok(())
                        }
                        None => resume_unwind(payload),
                    },
                }
            }
            Kind::Bind { steps: inner } => {
                bind!(BOUND = id => steps(world, inner, near, far, top, id))
            }
            Kind::Slow { steps: inner } => {
                let _slow = Slow::new(log, id);
                steps(world, inner, near, far, top, bound)
            }
        };
        alive.ended(&result);
        result?;
    }
    Ok(())
}
