//! Edge case 4: what the handle of a child reports, and what `join` does where there is no value.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, Sender, channel, oneshot};
use vthread::time::sleep;
use vthread::{Outcome, Task, yield_now};

const LONG: Duration = Duration::from_secs(3600);

/// The text with which `code` panics. The report of the panic goes to the test's own output.
fn panic_text<R: std::fmt::Debug>(code: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(code)).unwrap_err();
    *payload.downcast::<String>().unwrap()
}

#[vthread]
fn after_the_group(words: &[&str]) -> usize {
    let tasks: Vec<Task<usize>> = group! {
        let mut tasks = Vec::new();
        for word in words {
            tasks.push(spawn! {
                yield_now();
                word.len()
            });
        }
        tasks
    };
    let mut sum = 0;
    for task in tasks {
        assert_eq!(task.outcome(), Some(Outcome::Done));
        sum += task.join();
    }
    sum
}

#[test]
fn case_04_join_gives_the_value_also_after_the_group() {
    assert_eq!(after_the_group(&["a", "bc", "def"]), 6);
}

#[vthread]
fn join_of_one_that_fails(went_on: &mut bool) -> Result<(), String> {
    group! {
        let task = spawn! { Err::<u32, _>("failed".to_owned())? };
        task.join();
        *went_on = true;
    }
}

#[test]
fn case_04_the_body_learns_of_a_failure_at_join_which_does_not_return() {
    let mut went_on = false;
    assert_eq!(
        join_of_one_that_fails(&mut went_on),
        Err("failed".to_owned())
    );
    assert!(!went_on);
}

#[vthread]
fn failed_and_handled() -> Task<()> {
    let mut task = None;
    let result: Result<(), u32> = group!(error = u32 => {
        task = Some(spawn!(name = "reader 7" => { Err::<(), u32>(1)?; }));
    });
    assert_eq!(result, Err(1));
    task.unwrap()
}

#[test]
fn case_04_join_of_a_failed_child_panics_with_its_name() {
    let task = failed_and_handled();
    assert_eq!(task.name(), Some("reader 7"));
    let text = panic_text(|| task.join().block());
    assert!(text.starts_with("join: `reader 7` (spawned at "), "{text}");
    assert!(text.ends_with(") failed and has no value"), "{text}");
}

#[vthread]
fn cancelled_by_a_sibling() -> Task<()> {
    let mut task = None;
    let result: Result<(), u32> = group!(error = u32 => {
        task = Some(spawn! { sleep(LONG) });
        spawn!(name = "culprit" => { Err::<(), u32>(1)?; })
    })
    .map(drop);
    assert_eq!(result, Err(1));
    task.unwrap()
}

#[test]
fn case_04_join_of_a_cancelled_child_panics_with_the_reason() {
    let task = cancelled_by_a_sibling();
    let text = panic_text(|| task.join().block());
    assert!(text.starts_with("join: the vthread spawned at "), "{text}");
    let reason = text
        .split_once(" was cancelled and has no value: ")
        .unwrap()
        .1;
    assert!(reason.starts_with("`culprit` (spawned at "), "{text}");
    assert!(reason.ends_with(" failed"), "{text}");
}

#[vthread]
fn dropped_handles(n: usize) -> usize {
    let done = Mutex::new(0);
    group! {
        for _ in 0..n {
            let task = spawn! {
                yield_now();
                *done.lock() += 1;
            };
            drop(task);
        }
    }
    done.into_inner()
}

#[test]
fn case_04_dropping_a_handle_changes_nothing() {
    assert_eq!(dropped_handles(100), 100);
}

#[vthread]
fn a_value_and_a_failure() -> (Result<(), u32>, Task<String>) {
    let (done, is_done) = channel::<Task<String>>(1);
    let result = group!(error = u32 => {
        let task = spawn! { "kept".to_owned() };
        shield! {
            while !task.is_finished() {
                yield_now();
            }
        }
        done.send(task).unwrap();
        spawn! { Err::<(), u32>(1)?; }
        sleep(LONG);
    });
    (result, is_done.try_recv().unwrap())
}

#[test]
fn case_04_the_value_of_a_finished_child_outlives_cancellation() {
    let (result, task) = a_value_and_a_failure();
    assert_eq!(result, Err(1));
    // It has ended, so there is nothing to cancel.
    task.cancel();
    assert_eq!(task.outcome(), Some(Outcome::Done));
    assert_eq!(task.join().block(), "kept");
}

#[vthread]
fn cancel_does_not_wait(trace: &Mutex<Vec<&'static str>>) {
    let (began, begun) = oneshot::<()>();
    let (release, released) = oneshot::<()>();
    group! {
        let task = spawn! {
            shield! {
                began.send(()).unwrap();
                released.recv().unwrap();
                trace.lock().push("child");
            }
            sleep(LONG);
        };
        begun.recv().unwrap();
        task.cancel();
        trace.lock().push("asked");
        assert_eq!(task.outcome(), None);
        release.send(()).unwrap();
        task.await.unwrap_err();
        trace.lock().push("ended");
    }
}

#[test]
fn case_04_cancel_asks_and_does_not_wait() {
    let trace = Mutex::new(Vec::new());
    cancel_does_not_wait(&trace);
    assert_eq!(trace.into_inner(), ["asked", "child", "ended"]);
}

#[vthread]
fn ids(n: usize) -> HashSet<vthread::TaskId> {
    let mut ids = HashSet::new();
    group! {
        for _ in 0..n {
            let task = spawn! { yield_now() };
            assert_eq!(task.id(), task.id());
            ids.insert(task.id());
        }
    }
    ids
}

#[test]
fn case_04_ids_are_unique() {
    let (first, second) = (ids(100), ids(100));
    assert_eq!(first.union(&second).count(), 200);
}

/// An executor that does not know vthreads.
fn foreign_block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
    let mut cx = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return value;
        }
        std::thread::park();
    }
}

#[vthread]
fn awaited_outside(tasks: &Sender<Task<u32>>) -> Result<(), u32> {
    group! {
        let (go, went) = channel::<()>(1);
        tasks.send(spawn! {
            went.recv().unwrap();
            7
        }).unwrap();
        let task = spawn! { sleep(LONG); 8 };
        task.cancel();
        tasks.send(task).unwrap();
        go.send(()).unwrap();
    }
}

#[test]
fn case_04_a_task_is_a_future_for_async_code_outside() {
    let (send, tasks) = channel::<Task<u32>>(2);
    std::thread::scope(|scope| {
        let outside = scope.spawn(|| {
            let (first, second) = (tasks.recv().block().unwrap(), tasks.recv().block().unwrap());
            foreign_block_on(async { (first.await, second.await) })
        });
        awaited_outside(&send).unwrap();
        let (first, second) = outside.join().unwrap();
        assert_eq!(first, Ok(7));
        assert_eq!(
            second.unwrap_err().to_string(),
            "cancelled: `Task::cancel` was called"
        );
    });
}
