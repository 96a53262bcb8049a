//! Shrinks a plan while it still breaks a rule.

use crate::scenario::{Plan, Step, Steps};
use crate::watch::{Broken, run};
use std::time::{Duration, Instant};

/// How often a smaller plan is run before it counts as good: a failure depends on the schedule.
const TRIES: usize = 40;
const PATIENCE: Duration = Duration::from_secs(40);

/// The smallest plan found, and how it broke.
pub(crate) fn shrink(plan: Plan, broken: Broken) -> (Plan, Broken) {
    let started = Instant::now();
    let mut best = (plan, broken);
    'smaller: loop {
        let places = count(best.0.steps());
        for place in 0..places {
            for way in [Way::Remove, Way::Unwrap] {
                if started.elapsed() > PATIENCE {
                    return best;
                }
                let mut plan = best.0.clone();
                if !change(plan.steps_mut(), &mut place.clone(), way) {
                    continue;
                }
                if let Some(broken) = (0..TRIES).find_map(|_| run(plan.clone()).err()) {
                    best = (plan, broken);
                    continue 'smaller;
                }
            }
        }
        return best;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Without the step.
    Remove,
    /// With its inner steps in its place, if they are one sequence that runs in the same vthread.
    Unwrap,
}

fn count(steps: &Steps) -> usize {
    let inner = |step: &Step| {
        step.inner()
            .into_iter()
            .map(|(_, steps)| count(steps))
            .sum::<usize>()
    };
    steps.iter().map(|step| 1 + inner(step)).sum()
}

/// Changes the step at that position, in the order of the text. False if it cannot be changed.
fn change(steps: &mut Steps, place: &mut usize, way: Way) -> bool {
    for i in 0..steps.len() {
        if *place == 0 {
            return match way {
                Way::Remove => {
                    steps.remove(i);
                    true
                }
                Way::Unwrap => unwrap(steps, i),
            };
        }
        *place -= 1;
        for inner in steps[i].inner_mut() {
            let n = count(inner);
            if *place < n {
                return change(inner, place, way);
            }
            *place -= n;
        }
    }
    false
}

fn unwrap(steps: &mut Steps, i: usize) -> bool {
    use crate::scenario::Kind::{Bind, Call, Catch, Defer, Hold, Plain, Shield, Slow};
    let inner = match &mut steps[i].kind {
        Hold { steps, .. }
        | Call { steps }
        | Bind { steps }
        | Catch { steps }
        | Shield { steps }
        | Slow { steps }
        | Plain { steps, .. }
        | Defer { steps, .. } => std::mem::take(steps),
        _ => return false,
    };
    steps.splice(i..=i, inner);
    true
}
