//! Cancelled races: `race!` that is cancelled from outside.

use super::*;

#[vthread]
fn run(drop_log: &DropLog) -> bool {
    let result = timeout!(SHORT => {
        let won: Result<(), Failures<()>> = race!(error = (), for i in 0..3 => {
            let _local = drop_log.object(format!("{i}"));
            sleep(LONG);
            Ok(())
        });
        drop_log.note("went on");
        won
    });
    drop_log.note("after");
    result.is_err()
}

#[test]
fn reaches_all_runners() {
    let drop_log = DropLog::new();
    assert!(run(&drop_log));
    assert_eq!(drop_log.alive(), 0);
    assert!(!drop_log.trace().contains(&"went on".to_string()));
    assert_eq!(drop_log.trace().last().unwrap(), "after");
}

/// Runners that finish after a cancellation from outside have not won.
#[vthread]
fn too_late(went_on: &AtomicUsize) -> Result<(), &'static str> {
    let (ready, all_ready) = channel::<()>(2);
    // It closes when the group is cancelled, with everything in it.
    let (going_on, cancelled) = channel::<()>(1);
    group! {
        spawn! {
            let _going_on = going_on;
            sleep(LONG);
        }
        spawn! {
            let _ = race!(error = (), for i in 0..2 => {
                shield! {
                    ready.send(()).unwrap();
                    // What a runner sends right before its end is delivered, and it is in time.
                    yield_now();
                    assert!(cancelled.recv().is_err());
                }
                Ok(i)
            });
            went_on.fetch_add(1, Ordering::SeqCst);
        }
        all_ready.recv().unwrap();
        all_ready.recv().unwrap();
        Err::<(), _>("stop")?;
    }
}

#[test]
fn outranks_who_comes_later() {
    let went_on = AtomicUsize::new(0);
    assert_eq!(too_late(&went_on), Err("stop"));
    assert_eq!(went_on.into_inner(), 0);
}
