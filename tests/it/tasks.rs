//! `Tasks`: the values of children in the order in which the children end.

use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{channel, oneshot};
use vthread::time::sleep;
use vthread::{Outcome, Tasks, yield_now};

const LONG: Duration = Duration::from_secs(1000);

/// Each child waits for its own gate, and borrows its name; the body opens the gates in another
/// order.
#[vthread]
fn in_the_order_of(order: &[usize]) -> Vec<String> {
    let names: Vec<String> = (0..order.len()).map(|n| format!("child {n}")).collect();
    let mut seen = Vec::new();
    group! {
        let mut tasks = Tasks::new();
        let mut gates = Vec::new();
        for name in &names {
            let (open, gate) = oneshot();
            gates.push(Some(open));
            tasks.push(spawn! {
                gate.recv().unwrap();
                name.as_str()
            });
        }
        for &n in order {
            gates[n].take().unwrap().send(()).unwrap();
            seen.push(tasks.next().unwrap().to_owned());
        }
        assert!(tasks.is_empty() && tasks.next().is_none());
    }
    seen
}

#[test]
fn they_come_in_the_order_of_their_ends() {
    let seen = in_the_order_of(&[3, 0, 4, 1, 2]);
    assert_eq!(
        seen,
        ["child 3", "child 0", "child 4", "child 1", "child 2"]
    );
}

#[vthread]
fn all_of(n: u64) -> u64 {
    let mut sum = 0;
    group! {
        let mut tasks = Tasks::new();
        for i in 0..n {
            tasks.push(spawn! {
                for _ in 0..i % 7 {
                    yield_now();
                }
                i
            });
        }
        let mut n_added = 0;
        // More may be added while others are taken.
        for i in &mut tasks {
            sum += i;
            if n_added < 10 {
                n_added += 1;
            }
        }
        tasks.extend([spawn! { 1_000_000 }, spawn! { 2_000_000 }]);
        for i in tasks {
            sum += i;
        }
    }
    sum
}

#[test]
fn none_is_lost() {
    assert_eq!(all_of(10_000), 9_999 * 5_000 + 3_000_000);
}

/// A wait that is cancelled has taken nothing.
#[vthread]
fn a_cancelled_wait() -> Vec<u32> {
    let mut seen = Vec::new();
    group! {
        let (open, gate) = channel::<()>(1);
        let mut tasks = Tasks::new();
        tasks.push(spawn! {
            let _ = gate.recv();
            7
        });
        assert!(timeout!(Duration::from_millis(5) => tasks.next()).is_err());
        let (_never, other) = channel::<()>(1);
        select! {
            _ = tasks.next() => unreachable!(),
            _ = other.recv() => unreachable!(),
            _ = sleep(Duration::from_millis(5)) => {}
        }
        drop(open);
        while let Some(value) = tasks.next() {
            seen.push(value);
        }
    }
    seen
}

#[vthread::test(seeds = 10)]
fn a_cancelled_wait_takes_nothing() {
    assert_eq!(a_cancelled_wait(), [7]);
}

#[vthread]
fn of_a_failing_group() -> Result<u32, String> {
    group! {
        let mut tasks = Tasks::new();
        tasks.push(spawn! { sleep(LONG); Ok::<u32, String>(1) });
        tasks.push(spawn! { Err::<u32, String>("the cause".to_owned()) });
        let mut sum = 0;
        for n in tasks {
            sum += n;
        }
        Ok(sum)
    }
}

#[test]
fn the_failure_of_a_child_is_that_of_the_group() {
    assert_eq!(of_a_failing_group(), Err("the cause".to_owned()));
}

/// Handles instead of values: cancelled children are no panic.
#[vthread]
fn handles() -> (usize, usize) {
    let (mut done, mut cancelled) = (0, 0);
    group! {
        let mut tasks = Tasks::new();
        for n in 0..10u64 {
            let task = spawn! {
                if n.is_multiple_of(2) {
                    sleep(LONG);
                }
                n
            };
            if n % 2 == 0 {
                task.cancel();
            }
            tasks.push(task);
        }
        while let Some(task) = tasks.next_ended() {
            match task.outcome() {
                Some(Outcome::Done) => {
                    assert_eq!(task.join() % 2, 1);
                    done += 1;
                }
                Some(Outcome::Cancelled(_)) => cancelled += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    (done, cancelled)
}

#[test]
fn handles_say_how_they_ended() {
    assert_eq!(handles(), (5, 5));
}

/// The handles go away before the children end: nothing waits, and nothing is woken.
#[vthread]
fn forgotten() -> u32 {
    let mut last = 0;
    group! {
        let (open, gate) = channel::<()>(1);
        let tasks: Tasks<()> = [spawn! { let _ = gate.recv(); }].into_iter().collect();
        drop(tasks);
        drop(open);
        last += 1;
    }
    last
}

#[test]
fn dropping_changes_nothing() {
    assert_eq!(forgotten(), 1);
}

/// In plain code each step blocks.
#[test]
fn plain_code_iterates() {
    let tasks: Tasks<u32> = group! {
        let tasks: Tasks<u32> = [spawn! { 1 }, spawn! { sleep(Duration::from_millis(5)); 2 }]
            .into_iter()
            .collect();
        tasks
    };
    assert_eq!(tasks.sum::<u32>(), 3);
}
