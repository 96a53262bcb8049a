//! Edge case 12: a completed value is delivered. A group that is cancelled from outside returns its
//! result unless a member's work is missing because of that.

use crate::drop_log::DropLog;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Sender, oneshot};
use vthread::time::{Elapsed, sleep};
use vthread::{Task, yield_now};

const LONG: Duration = Duration::from_secs(3600);

/// The frame of each case: a child that runs a group and has its own handle, so that it can be
/// cancelled from inside at a certain point. Then the group's result, and whether the child
/// continued.
macro_rules! case {
    ($name:ident: |$me:ident, $drop_log:ident| $group:block gives $trace:expr) => {
        mod $name {
            use super::*;

            #[vthread]
            fn inner($me: Task<()>, $drop_log: &DropLog) -> Result<u32, &'static str> $group

            #[vthread]
            fn run(drop_log: &DropLog) {
                group! {
                    let (handle, on_handle) = oneshot();
                    let child = spawn! {
                        let me: Task<()> = on_handle.recv().unwrap();
                        let given = inner(me, drop_log);
                        drop_log.note(format!("{given:?}"));
                        yield_now();
                        drop_log.note("behind the checkpoint");
                    };
                    handle.send(child).ok().unwrap();
                }
            }

            #[test]
            fn holds() {
                let drop_log = DropLog::new();
                run(&drop_log);
                let expected: &[&str] = &$trace;
                assert_eq!(drop_log.trace(), expected);
                assert_eq!(drop_log.alive(), 0);
            }
        }
    };
}

/// Waits to be cancelled, and only then cancels the outer child, in its cleanup.
#[vthread]
fn cancels_on_its_way_out(me: Task<()>, ready: Sender<()>) {
    defer! { me.cancel(); }
    _ = ready.send(());
    sleep(LONG);
}

mod case_12_a_group_without_missing_work_is_delivered {
    use super::*;
    use vthread::sync::channel;

    case!(a_child_ends_behind_a_shield: |me, drop_log| {
        group! {
            spawn! {
                shield! {
                    me.cancel();
                    yield_now();
                    drop_log.note("work");
                }
            }
            7
        }
    } gives ["work", "Ok(7)"]);

    case!(a_service_is_not_missing: |me, drop_log| {
        group! {
            spawn!(service => { sleep(LONG); });
            spawn! {
                shield! { me.cancel(); yield_now(); }
                drop_log.note("work");
            }
            7
        }
    } gives ["work", "Ok(7)"]);

    case!(a_child_was_cancelled_by_its_handle: |me, drop_log| {
        let (ready, is_ready) = channel(1);
        group! {
            let child = spawn!(move => { cancels_on_its_way_out(me, ready); });
            is_ready.recv().unwrap();
            drop_log.note("ready");
            child.cancel();
            7
        }
    } gives ["ready", "Ok(7)"]);

    case!(the_children_were_cancelled_by_the_group: |me, drop_log| {
        let (ready, is_ready) = channel(1);
        group!(g => {
            spawn!(move => { cancels_on_its_way_out(me, ready); });
            is_ready.recv().unwrap();
            g.cancel();
            let late = shield! { spawn! { drop_log.note("never"); } };
            drop_log.note(format!("{}", late.outcome().unwrap()));
            7
        })
    } gives ["cancelled: `Group::cancel` was called", "Ok(7)"]);
}

mod case_12_a_failure_that_came_first_is_delivered {
    use super::*;
    use vthread::sync::channel;

    case!(of_the_body: |me, _ledger| {
        group! {
            me.cancel();
            Err::<u32, _>("the body's")?
        }
    } gives [r#"Err("the body's")"#]);

    // No work is missing: the child failed by itself.
    case!(of_the_last_child: |me, _ledger| {
        group! {
            spawn! {
                shield! { me.cancel(); yield_now(); }
                Err::<(), _>("the child's")?;
            }
            7
        }
    } gives [r#"Err("the child's")"#]);

    // The group cancelled its body and its children itself, before it was cancelled from outside.
    case!(of_a_child_among_others: |me, drop_log| {
        let (ready, is_ready) = channel(1);
        group! {
            let _body = drop_log.object("the body");
            spawn!(move => { cancels_on_its_way_out(me, ready); });
            spawn! {
                is_ready.recv().unwrap();
                Err::<(), _>("the child's")?;
            }
            sleep(LONG);
            7
        }
    } gives ["the body", r#"Err("the child's")"#]);
}

mod case_12_a_group_whose_work_is_missing_gives_nothing {
    use super::*;

    case!(a_child_is_cut_off: |me, drop_log| {
        group! {
            spawn! { sleep(LONG); }
            spawn! {
                shield! {
                    me.cancel();
                    yield_now();
                    drop_log.note("work");
                }
            }
            7
        }
    } gives ["work"]);

    case!(a_child_is_refused: |me, drop_log| {
        group! {
            spawn! {
                shield! {
                    me.cancel();
                    spawn! { drop_log.note("never"); };
                    drop_log.note("work");
                }
            }
            7
        }
    } gives ["work"]);

    // It is the first failure, and the cancellation came before it.
    case!(a_child_fails_after_another_was_cut_off: |me, drop_log| {
        group! {
            let sleeper = spawn! { sleep(LONG); };
            spawn!(move => {
                shield! {
                    me.cancel();
                    drop_log.note(format!("{}", sleeper.await.is_err()));
                }
                Err::<(), _>("the child's")?;
            });
            7
        }
    } gives ["true"]);
}

mod case_12_under_a_timeout {
    use super::*;

    /// The child continues when the time is over: then the service has ended.
    #[vthread]
    fn run(drop_log: &DropLog) -> Option<u32> {
        let given: Result<u32, Elapsed> = timeout!(LONG / 2 => {
            group! {
                let sleeper = spawn!(service => { sleep(LONG); });
                spawn!(move => {
                    shield! {
                        assert!(sleeper.await.is_err());
                        drop_log.note("work");
                    }
                });
                7
            }
        });
        given.ok()
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Some(7));
        assert_eq!(drop_log.trace(), ["work"]);
    }
}
