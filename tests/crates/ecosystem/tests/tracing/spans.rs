//! The span of each vthread.

use crate::subscriber::{SeenSpan, above, around, events, listen, nothing_is_mixed, spans};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{channel, oneshot};
use vthread::time::sleep;
use vthread::yield_now;

/// The names of the vthreads in these spans.
fn names(spans: &[SeenSpan]) -> Vec<String> {
    let is_of_vthread = |span: &&SeenSpan| span.metadata.name() == "runtime.spawn";
    let names = spans.iter().filter(is_of_vthread);
    names
        .map(|span| span.fields.get("task.name").cloned().unwrap_or_default())
        .collect()
}

/// A child for each number, which goes through many hands, and says each time who it is.
#[vthread]
fn says_who_it_is(n: usize) {
    let (to_all, from_all) = channel::<usize>(4);
    group!(name = "crowd" => {
        for number in 0..n {
            let to_all = to_all.clone();
            let name = format!("crowd {number}");
            spawn!(name = name.clone() => {
                for round in 0..10 {
                    tracing::info!(who = name, round, "before");
                    match round % 3 {
                        0 => yield_now(),
                        1 => to_all.send(number).unwrap(),
                        _ => sleep(Duration::from_micros(200)),
                    }
                    tracing::info!(who = name, round, "after");
                }
            });
        }
        drop(to_all);
        for _ in from_all {}
    });
}

#[test]
fn each_vthread_is_in_its_own_span() {
    const N: usize = 40;
    listen();
    says_who_it_is(N);
    for number in 0..N {
        let name = format!("crowd {number}");
        let told = events("who", &name);
        assert_eq!(told.len(), 20);
        for event in told {
            assert_eq!(names(&around(&event)), [&*name]);
        }
        let own = spans("task.name", &name);
        assert_eq!(own.len(), 1);
        assert!(own[0].is_closed, "its span ends with it");
        // Once for each wait, and once more; a channel that is full makes it wait as well.
        assert!(own[0].entries > 5, "{own:?}");
    }
    nothing_is_mixed();
}

const ITS_LINE: u32 = line!() + 6;

#[vthread]
fn has_all_fields() -> u64 {
    group!(name = "of fields" => {
        let child =
            spawn!(name = "with fields" => {});
        child.id().to_string().parse().unwrap_or_default()
    })
}

#[test]
fn a_span_has_the_facts_about_its_vthread() {
    listen();
    has_all_fields();
    let spans = spans("task.name", "with fields");
    let [span] = &spans[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(span.metadata.target(), "vthread");
    assert_eq!(*span.metadata.level(), tracing::Level::DEBUG);
    assert_eq!(span.fields["kind"], "vthread");
    assert_eq!(span.fields["group.name"], "of fields");
    assert!(span.fields["group.site"].contains("spans.rs:"), "{span:?}");
    assert!(span.fields["loc.file"].ends_with("spans.rs"));
    assert_eq!(span.fields["loc.line"], ITS_LINE.to_string());
    assert!(span.fields["loc.col"].parse::<u32>().unwrap() > 1);
    assert!(span.fields["task.id"].parse::<u64>().is_ok());
    nothing_is_mixed();
}

#[vthread]
fn grandchildren() {
    group! {
        spawn!(name = "outer" => {
            yield_now();
            group! {
                spawn!(name = "inner" => {
                    yield_now();
                    tracing::info!(at = "grandchild");
                });
            }
        });
    }
}

#[test]
fn a_span_is_a_child_of_the_spawners() {
    listen();
    // From the span of a plain thread, which makes the call.
    tracing::info_span!("request").in_scope(grandchildren);
    let told = events("at", "grandchild");
    let around = around(&told[0]);
    assert_eq!(names(&around), ["inner", "outer"]);
    assert_eq!(around.last().unwrap().metadata.name(), "request");
    nothing_is_mixed();
}

#[vthread]
fn has_a_late_child() {
    let task = background!(name = "of the process" => {
        yield_now();
        tracing::info!(at = "background");
    });
    task.join();
}

#[test]
fn children_of_the_process_have_spans() {
    listen();
    tracing::info_span!("starts it").in_scope(has_a_late_child);
    let around = around(&events("at", "background")[0]);
    assert_eq!(names(&around), ["of the process"]);
    assert_eq!(around[1].metadata.name(), "starts it");
    nothing_is_mixed();
}

struct SaysSo(&'static str);
impl Drop for SaysSo {
    fn drop(&mut self) {
        tracing::info!(dropped = self.0);
    }
}

#[vthread]
fn cancels() {
    let (begun, has_begun) = oneshot();
    group! {
        let task = spawn!(name = "cancelled" => {
            let _held = SaysSo("by cancellation");
            begun.send(()).unwrap();
            sleep(Duration::from_secs(3600));
        });
        has_begun.recv().unwrap();
        task.cancel();
    }
}

#[vthread]
fn panics() {
    group! {
        spawn!(name = "panics" => {
            let _held = SaysSo("by panic");
            yield_now();
            std::panic::resume_unwind(Box::new("on purpose"));
        });
    }
}

#[test]
fn the_end_of_a_vthread_is_in_its_span() {
    listen();
    cancels();
    let payload = catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "on purpose");
    for (what, name) in [("by cancellation", "cancelled"), ("by panic", "panics")] {
        let told = events("dropped", what);
        assert_eq!(names(&around(&told[0])), [name]);
        assert!(spans("task.name", name)[0].is_closed);
    }
    nothing_is_mixed();
}

/// A future that others poll beside a vthread's own waits, and that keeps its own span.
#[vthread]
fn awaits_a_future() {
    use tracing::Instrument as _;
    group! {
        for _ in 0..4 {
            spawn!(name = "awaits" => {
                let mut n = 0;
                let future = std::future::poll_fn(move |cx| {
                    tracing::info!(at = "future");
                    n += 1;
                    if n == 3 {
                        return std::task::Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    std::task::Poll::Pending
                });
                future.instrument(tracing::info_span!("of the future")).await;
                tracing::info!(at = "after the future");
            });
        }
    }
}

#[test]
fn futures_keep_their_spans() {
    listen();
    awaits_a_future();
    let during = events("at", "future");
    assert_eq!(during.len(), 12);
    for event in during {
        let around = around(&event);
        assert_eq!(around[0].metadata.name(), "of the future");
        assert_eq!(names(&around), ["awaits"]);
    }
    for event in events("at", "after the future") {
        assert_eq!(around(&event)[0].metadata.name(), "runtime.spawn");
    }
    nothing_is_mixed();
}

#[vthread]
fn blocks_in_plain_code() {
    group! {
        for _ in 0..4 {
            spawn!(name = "blocks" => {
                let plain = || {
                    sleep(Duration::from_millis(1));
                    tracing::info!(at = "plain code");
                };
                plain();
                yield_now();
                plain();
            });
        }
    }
}

#[test]
fn a_blocking_call_stays_in_the_span_of_its_vthread() {
    listen();
    blocks_in_plain_code();
    let told = events("at", "plain code");
    assert_eq!(told.len(), 8);
    for event in told {
        assert_eq!(names(&around(&event)), ["blocks"]);
    }
    nothing_is_mixed();
}

/// What tokio-console counts.
#[test]
fn wakers_are_told_to_the_console() {
    listen();
    waits_once();
    let span = &spans("task.name", "waits once")[0];
    let of_it = |op| {
        let told = events("op", op).into_iter();
        let told = told.filter(|event| event.metadata.target() == "tokio::task::waker");
        told.filter(|event| {
            let id: u64 = event.fields["task.id"].parse().unwrap();
            above(Some(id))[0].fields.get("task.name") == span.fields.get("task.name")
        })
        .count()
    };
    assert!(of_it("waker.clone") >= 1);
    assert!(of_it("waker.wake") + of_it("waker.wake_by_ref") >= 1);
    nothing_is_mixed();
}

#[vthread]
fn waits_once() {
    group! {
        spawn!(name = "waits once" => {
            let mut has_waited = false;
            let waits = std::future::poll_fn(|cx| {
                if std::mem::replace(&mut has_waited, true) {
                    return std::task::Poll::Ready(());
                }
                // The test counts both.
                let waker = cx.waker().clone();
                waker.wake();
                std::task::Poll::Pending
            });
            waits.await;
        });
    }
}
