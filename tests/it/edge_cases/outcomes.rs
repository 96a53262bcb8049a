//! Edge case 3: how a vthread ended, and why if it was cancelled.

use std::panic::Location;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Receiver, Sender, channel};
use vthread::time::sleep;
use vthread::{CancelReason, Outcome, Task};

const LONG: Duration = Duration::from_secs(3600);

/// Reports that it runs, and sleeps forever.
#[vthread]
fn sleeps(began: &Sender<()>) {
    began.send(()).unwrap();
    sleep(LONG);
}

fn cancelled(task: &Task<()>) -> CancelReason {
    match task.outcome() {
        Some(Outcome::Cancelled(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[vthread]
fn by_themselves() {
    let (go, went) = channel::<()>(1);
    let mut failed: Option<Task<()>> = None;
    group! {
        let done = spawn! {
            went.recv().unwrap();
            7
        };
        assert_eq!(done.outcome(), None);
        assert!(!done.is_finished());
        go.send(()).unwrap();
        let result: Result<(), &str> = group!(error = &'static str => {
            failed = Some(spawn! { Err::<(), _>("no")?; });
        });
        assert_eq!(result, Err("no"));
        assert_eq!(failed.as_ref().unwrap().outcome(), Some(Outcome::Failed));
        let done = shield! { done.await };
        assert_eq!(done, Ok(7));
    }
}

#[test]
fn case_03_done_and_failed() {
    by_themselves();
}

fn panics_now() {
    std::panic::resume_unwind(Box::new(()));
}

#[vthread]
fn panics(task: &mut Option<Task<()>>) {
    group! {
        *task = Some(spawn! { panics_now() });
    }
}

#[test]
fn case_03_panicked() {
    let mut task = None;
    let run = std::panic::AssertUnwindSafe(|| panics(&mut task));
    std::panic::catch_unwind(run).unwrap_err();
    assert_eq!(task.unwrap().outcome(), Some(Outcome::Panicked));
}

#[vthread]
fn task_cancel(began: &Sender<()>, begun: &Receiver<()>) {
    group! {
        let task = spawn! { sleeps(began) };
        begun.recv().unwrap();
        task.cancel();
        // The second asks for the same thing again.
        task.cancel();
        let ended = task.await;
        assert_eq!(ended, Err(Outcome::Cancelled(CancelReason::TaskCancelled)));
    }
}

#[vthread]
fn group_cancel(began: &Sender<()>, begun: &Receiver<()>) {
    let task = group!(g => {
        let task = spawn! { sleeps(began) };
        begun.recv().unwrap();
        g.cancel();
        task
    });
    assert_eq!(cancelled(&task), CancelReason::GroupCancelled);
}

#[vthread]
fn timed_out(began: &Sender<()>, begun: &Receiver<()>) {
    let mut task = None;
    let result = timeout!(LONG / 2 => {
        group! {
            task = Some(spawn! { sleeps(began) });
            sleep(LONG);
        }
    });
    result.unwrap_err();
    let _ = begun.try_recv();
    assert_eq!(cancelled(&task.unwrap()), CancelReason::TimedOut);
}

#[vthread]
fn not_selected(began: &Sender<()>, begun: &Receiver<()>) {
    let mut task = None;
    select! {
        () = group! {
            task = Some(spawn! { sleeps(began) });
            sleep(LONG);
        } => unreachable!(),
        _ = begun.recv() => {}
    }
    assert_eq!(cancelled(&task.unwrap()), CancelReason::NotSelected);
}

#[vthread]
fn group_ended(began: &Sender<()>, begun: &Receiver<()>) {
    let task = group! {
        let task = spawn!(service => { sleeps(began) });
        begun.recv().unwrap();
        task
    };
    assert_eq!(cancelled(&task), CancelReason::GroupEnded);
}

#[vthread::test(seeds = 10)]
fn case_03_the_reason_says_who_cancelled() {
    let (began, begun) = channel::<()>(8);
    task_cancel(&began, &begun);
    group_cancel(&began, &begun);
    timed_out(&began, &begun);
    not_selected(&began, &begun);
    group_ended(&began, &begun);
}

/// Two levels down: the reason is that of the failed group.
#[vthread]
fn sibling_failed(
    began: &Sender<()>,
    begun: &Receiver<()>,
) -> (&'static Location<'static>, Vec<Task<()>>) {
    let mut site = Location::caller();
    let (keep, kept) = channel::<Task<()>>(3);
    let result: Result<(), &str> = group!(error = &'static str => {
        let far = spawn! {
            group! {
                let near = spawn! { sleep(LONG) };
                keep.send(near).unwrap();
                began.send(()).unwrap();
                sleep(LONG);
            }
        };
        keep.send(far).unwrap();
        begun.recv().unwrap();
        site = Location::caller(); let _ = spawn!(name = "culprit" => { Err::<(), _>("no")?; });
        sleep(LONG);
    });
    assert_eq!(result, Err("no"));
    let tasks = (0..2).map(|_| kept.try_recv().unwrap()).collect();
    (site, tasks)
}

#[test]
fn case_03_a_failure_names_its_spawn_site_down_the_tree() {
    let (began, begun) = channel::<()>(1);
    let (site, tasks) = sibling_failed(&began, &begun);
    for task in &tasks {
        let reason = cancelled(task);
        let CancelReason::SiblingFailed(culprit) = &reason else {
            panic!("{reason}");
        };
        assert_eq!(culprit.name(), Some("culprit"));
        assert!(!culprit.is_body() && !culprit.has_panicked());
        assert_eq!(culprit.location().file(), site.file());
        assert_eq!(culprit.location().line(), site.line());
        let at = culprit.location();
        assert_eq!(
            reason.to_string(),
            format!("`culprit` (spawned at {at}) failed")
        );
    }
}

#[vthread]
fn body_failed(began: &Sender<()>, begun: &Receiver<()>) -> Task<()> {
    let mut task = None;
    let result: Result<(), &str> = group!(name = "pages", error = &'static str => {
        task = Some(spawn! { sleeps(began) });
        begun.recv().unwrap();
        Err::<(), _>("no")?;
    });
    assert_eq!(result, Err("no"));
    task.unwrap()
}

#[test]
fn case_03_the_body_is_a_culprit_too() {
    let (began, begun) = channel::<()>(1);
    let reason = cancelled(&body_failed(&began, &begun));
    let CancelReason::SiblingFailed(culprit) = &reason else {
        panic!("{reason}");
    };
    assert!(culprit.is_body());
    assert_eq!(culprit.name(), Some("pages"));
}

#[vthread]
fn first_reason(began: &Sender<()>, begun: &Receiver<()>) {
    let (release, released) = channel::<()>(1);
    let task = group!(g => {
        let task = spawn! {
            shield! {
                began.send(()).unwrap();
                released.recv().unwrap();
            }
            sleep(LONG);
        };
        begun.recv().unwrap();
        task.cancel();
        g.cancel();
        release.send(()).unwrap();
        task
    });
    assert_eq!(cancelled(&task), CancelReason::TaskCancelled);
}

#[test]
fn case_03_the_first_reason_counts() {
    let (began, begun) = channel::<()>(1);
    first_reason(&began, &begun);
}
