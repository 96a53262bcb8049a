//! Edge case 9: service children do not keep their group open.

use crate::drop_log::DropLog;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{channel, oneshot};
use vthread::time::sleep;
use vthread::{CancelReason, Outcome, yield_now};

const LONG: Duration = Duration::from_secs(3600);

#[vthread]
fn ends_last(drop_log: &DropLog) {
    let (requests, inbox) = channel::<u32>(1);
    let (replies, outbox) = channel::<()>(1);
    let service = group! {
        let object = drop_log.object("service");
        let service = spawn!(service => {
            let _object = object;
            loop {
                let n = inbox.recv().unwrap();
                drop_log.note(format!("served {n}"));
                replies.send(()).unwrap();
            }
        });
        spawn! {
            for _ in 0..5 {
                yield_now();
            }
            requests.send(2).unwrap();
            outbox.recv().unwrap();
            drop_log.note("child ends");
        };
        requests.send(1).unwrap();
        outbox.recv().unwrap();
        service
    };
    drop_log.note("group ended");
    let outcome = service.outcome().unwrap();
    assert_eq!(outcome, Outcome::Cancelled(CancelReason::GroupEnded));
}

#[test]
fn case_09_a_service_is_cancelled_when_all_others_have_ended() {
    let drop_log = DropLog::new();
    ends_last(&drop_log);
    drop_log.all_before(
        &["served 1", "served 2", "child ends", "service"],
        "group ended",
    );
    assert!(drop_log.at("child ends") < drop_log.at("service"));
}

/// One that ends by itself is like any other child.
#[vthread]
fn ends_by_itself() -> u32 {
    group! {
        let task = spawn!(service => { 7 });
        task.join()
    }
}

#[vthread]
fn fails() -> Result<(), &'static str> {
    let (began, has_begun) = oneshot::<()>();
    group! {
        spawn!(service => {
            has_begun.recv().unwrap();
            Err::<(), _>("service")?;
        });
        began.send(()).unwrap();
        sleep(LONG);
    }
}

#[test]
fn case_09_a_service_may_end_or_fail_before() {
    assert_eq!(ends_by_itself(), 7);
    assert_eq!(fails(), Err("service"));
}

#[vthread]
fn only_services(n: usize) {
    group! {
        for _ in 0..n {
            spawn!(service => { sleep(LONG) });
        }
    }
}

#[test]
fn case_09_services_alone_keep_nothing_open() {
    only_services(100);
}

/// A service that is spawned when the group is about to end, by the cleanup of another one.
#[vthread]
fn too_late() -> Outcome {
    let (tell, told) = channel::<Outcome>(1);
    let (began, has_begun) = oneshot::<()>();
    group!(g => {
        spawn!(service => {
            began.send(()).unwrap();
            defer! {
                let late = spawn!(g, service => { sleep(LONG) });
                tell.send(late.outcome().unwrap()).unwrap();
            }
            sleep(LONG);
        });
        has_begun.recv().unwrap();
    });
    told.try_recv().unwrap()
}

#[test]
fn case_09_a_service_that_comes_too_late_does_not_run() {
    assert_eq!(too_late(), Outcome::Cancelled(CancelReason::GroupEnded));
}

/// Two services, and one place, which the children take in turn.
#[vthread]
fn serve_at_the_limit(drop_log: &DropLog) {
    let (requests, inbox) = channel::<u32>(1);
    let (replies, outbox) = channel::<()>(1);
    group!(max_concurrency = 1 => {
        for _ in 0..2 {
            let (inbox, replies) = (inbox.clone(), replies.clone());
            spawn!(service => {
                for n in inbox {
                    drop_log.note(format!("served {n}"));
                    replies.send(()).unwrap();
                }
            });
        }
        for n in 0..3 {
            let (requests, outbox) = (&requests, &outbox);
            spawn! {
                requests.send(n).unwrap();
                outbox.recv().unwrap();
            };
        }
    });
}

#[test]
fn r14_a_service_takes_no_place() {
    let drop_log = DropLog::new();
    serve_at_the_limit(&drop_log);
    for n in 0..3 {
        drop_log.at(&format!("served {n}"));
    }
}

/// A service that spawns has no place to give away, and needs none to continue.
#[vthread]
fn spawned_by_a_service() -> u32 {
    let (tx, rx) = channel(1);
    group!(g, max_concurrency = 1 => {
        spawn!(g, service => {
            for n in 0..4 {
                let tx = tx.clone();
                spawn!(g => { tx.send(n).unwrap(); });
            }
            sleep(LONG);
        });
        let mut sum = 0;
        for _ in 0..4 {
            sum += rx.recv().unwrap();
        }
        sum
    })
}

#[test]
fn r14_a_service_spawns_into_its_full_group() {
    assert_eq!(spawned_by_a_service(), 6);
}
