//! Edge cases 11 to 13: a cancelled vthread stays cancelled; every operation is a suspension point,
//! and loses nothing; the order in which a subtree ends.

use crate::drop_log::DropLog;
use std::io;
use std::time::Duration;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::{
    Barrier, Condvar, Mutex, OnceLock, RwLock, Semaphore, channel, oneshot, unbounded,
};
use vthread::time::{Elapsed, sleep};
use vthread::{fs, yield_now};

const LONG: Duration = Duration::from_secs(3600);

/// A cancelled vthread that has reached no suspension point yet.
#[vthread]
fn cancelled(drop_log: &DropLog) -> Result<(), &'static str> {
    group!(g => {
        g.cancel();
        let child = spawn! {
            drop_log.note("a child of a cancelled group");
        };
        _ = child;
        Ok(())
    })
}

mod case_11_cancellation_is_met_again_and_again {
    use super::*;

    /// The destructor's blocking call is not cancelled; every later operation outside of it is.
    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), &'static str> {
        let (started, on_start) = channel(1);
        group! {
            spawn! {
                let _last = drop_log.object("the child's local");
                defer! {
                    drop_log.note("cleanup begins");
                    yield_now();
                    drop_log.note("cleanup suspended and went on");
                }
                // Catching it is in vain: the operation never returns an error.
                loop {
                    _ = started.send(());
                    match timeout!(LONG => sleep(LONG)) {
                        Ok(()) => drop_log.note("slept"),
                        Err(Elapsed { .. }) => drop_log.note("swallowed"),
                    }
                }
            }
            on_start.recv().map_err(|_| "closed")?;
            Err::<(), _>("the body fails")
        }?;
        Ok(())
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err("the body fails"));
        assert_eq!(
            drop_log.trace(),
            [
                "cleanup begins",
                "cleanup suspended and went on",
                "the child's local"
            ]
        );
    }

    /// A shield postpones it, and it takes effect right after the shield.
    #[vthread]
    fn shielded(drop_log: &DropLog) -> Result<(), &'static str> {
        let (started, on_start) = channel(1);
        group! {
            let sleeper = spawn! { sleep(LONG) };
            spawn!(move => {
                shield! {
                    _ = started.send(());
                    // It ends when all are marked, and not before.
                    drop_log.note(format!("{:?}", sleeper.await.is_err()));
                    yield_now();
                    drop_log.note("still here");
                }
                drop_log.note("behind the shield, before an operation");
                yield_now();
                drop_log.note("behind the checkpoint");
            });
            on_start.recv().map_err(|_| "closed")?;
            Err::<(), _>("the body fails")
        }?;
        Ok(())
    }

    #[test]
    fn holds_behind_a_shield() {
        let drop_log = DropLog::new();
        assert_eq!(shielded(&drop_log), Err("the body fails"));
        assert_eq!(
            drop_log.trace(),
            [
                "true",
                "still here",
                "behind the shield, before an operation"
            ]
        );
    }
}

mod case_12_operations_that_could_finish_are_checkpoints {
    use super::*;

    /// Runs an operation that need not wait, in a child that is cancelled while it runs.
    macro_rules! is_a_checkpoint {
        ($($name:ident: { $($before:tt)* } $operation:block)*) => { $(
            mod $name {
                use super::*;

                #[vthread]
                #[allow(unused)]
                fn run(drop_log: &DropLog) {
                    $($before)*
                    group! {
                        let (handle, on_handle) = oneshot();
                        let child = spawn! {
                            let me: vthread::Task<()> = on_handle.recv().unwrap();
                            me.cancel();
                            drop_log.note("before");
                            $operation;
                            drop_log.note("after");
                        };
                        handle.send(child).ok().unwrap();
                    }
                }

                #[test]
                fn holds() {
                    let drop_log = DropLog::new();
                    run(&drop_log);
                    assert_eq!(drop_log.trace(), ["before"]);
                }
            }
        )* };
    }

    is_a_checkpoint! {
        yielding: {} { yield_now() }
        sleeping_for_no_time: {} { sleep(Duration::ZERO) }
        locking: { let lock = Mutex::new(0); } { *lock.lock() += 1 }
        reading_a_lock: { let lock = RwLock::new(0); } { drop(lock.read()) }
        writing_a_lock: { let lock = RwLock::new(0); } { drop(lock.write()) }
        sending: { let (tx, rx) = unbounded(); } { tx.send(1).unwrap() }
        reserving: { let (tx, rx) = channel::<u8>(1); } { drop(tx.reserve()) }
        receiving: { let (tx, rx) = channel(1); tx.send(1).unwrap(); } { rx.recv().unwrap() }
        receiving_from_a_closed_channel: { let (tx, rx) = channel::<u8>(1); drop(tx); } { rx.recv().is_err() }
        receiving_once: { let (tx, rx) = oneshot(); tx.send(1).unwrap(); } { rx.recv().unwrap() }
        acquiring: { let permits = Semaphore::new(1); } { drop(permits.acquire()) }
        making_once: { let cell = OnceLock::new(); } { *cell.get_or_init(|| 7) }
        meeting: { let barrier = Barrier::new(1); } { barrier.wait().is_leader() }
        opening_a_file: {} { drop(fs::File::open("/dev/null")) }
        reading_a_file: {} { drop(fs::read("/dev/null")) }
        blocking_code: {} { vthread::blocking(|| 7) }
        binding: {} { drop(TcpListener::bind("127.0.0.1:0")) }
        joining: {} { group! { let task = spawn! { 1 }; task.join() } }
        spawning: {} { group! { spawn! { 1 }; } }
        any_future: {} { std::future::ready(()).await }
    }

    /// `notify_all` and similar operations are not suspension points: they never wait.
    #[vthread]
    fn never_waits(drop_log: &DropLog) {
        let (tx, rx) = channel(1);
        let changed = Condvar::new();
        group! {
            let (handle, on_handle) = oneshot();
            let child = spawn! {
                let me: vthread::Task<()> = on_handle.recv().unwrap();
                me.cancel();
                tx.try_send(1).unwrap();
                rx.try_recv().unwrap();
                changed.notify_all();
                group! {}
                shield! {}
                drop_log.note("still here");
                yield_now();
                drop_log.note("gone");
            };
            handle.send(child).ok().unwrap();
        }
    }

    #[test]
    fn what_never_waits_is_none() {
        let drop_log = DropLog::new();
        never_waits(&drop_log);
        assert_eq!(drop_log.trace(), ["still here"]);
    }
}

mod case_12_cancelled_means_did_not_happen {
    use super::*;

    /// `send` under a timeout drops its message if it did not happen; a permit keeps it.
    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), Elapsed> {
        let (tx, rx) = channel(1);
        tx.try_send(drop_log.object("first")).unwrap();
        let soon = Duration::from_millis(1);
        timeout!(soon => tx.send(drop_log.object("sent in vain"))).unwrap_err();
        drop_log.note("timed out");
        let kept = drop_log.object("kept");
        assert!(timeout!(soon => tx.reserve().is_ok()).is_err());
        drop_log.note("timed out again");
        drop(rx.recv());
        let permit = tx.reserve().unwrap();
        assert!(tx.try_send(drop_log.object("no room")).is_err());
        permit.send(kept).unwrap();
        drop(rx.recv());
        drop(tx.reserve().unwrap());
        tx.try_send(drop_log.object("the room was given back"))
            .unwrap();
        Ok(())
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        run(&drop_log).unwrap();
        assert_eq!(
            drop_log.trace(),
            [
                "sent in vain",
                "timed out",
                "timed out again",
                "first",
                "no room",
                "kept",
                "the room was given back"
            ]
        );
        assert_eq!(drop_log.alive(), 0);
    }

    /// A permit to a channel without receivers, and one that outlives them.
    #[test]
    fn holds_when_the_receivers_are_gone() {
        let (tx, rx) = channel(1);
        let permit = tx.reserve().block().unwrap();
        drop(rx);
        assert_eq!(permit.send(7).unwrap_err().0, 7);
        assert!(tx.reserve().block().is_err());
    }

    /// A sender that waits for capacity gets what a dropped permit gives back.
    #[vthread]
    fn given_back() -> u32 {
        let (tx, rx) = channel(1);
        group! {
            let permit = tx.reserve().unwrap();
            spawn! { tx.send(7).unwrap(); }
            spawn!(move => { yield_now(); drop(permit); });
            rx.recv().unwrap()
        }
    }

    #[test]
    fn holds_for_the_next_in_line() {
        assert_eq!(given_back(), 7);
    }
}

mod case_12_a_completed_body_is_no_checkpoint_on_its_way_out {
    use super::*;

    /// Cancelled within the body's last step: its value is delivered all the same.
    #[vthread]
    fn run(drop_log: &DropLog) {
        group! {
            let (handle, on_handle) = oneshot();
            let child = spawn! {
                let me: vthread::Task<()> = on_handle.recv().unwrap();
                let value = timeout!(LONG => {
                    shield! {
                        select! {
                            n = std::future::ready(7).await => {
                                group! {
                                    me.cancel();
                                    n
                                }
                            },
                        }
                    }
                });
                drop_log.note(format!("{value:?}"));
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
        assert_eq!(drop_log.trace(), ["Ok(7)"]);
    }
}

mod case_13_the_whole_subtree_ends_from_the_inside {
    use super::*;

    /// The whole subtree is marked before any part of it ends: no member sees another's drops
    /// unmarked.
    #[vthread]
    fn level(drop_log: &DropLog, depth: usize, ready: &vthread::sync::Sender<()>) {
        let _outer = drop_log.object(format!("outer {depth}"));
        group! {
            let _body = drop_log.object(format!("body {depth}"));
            if depth == 0 {
                _ = ready.send(());
            } else {
                spawn! {
                    let _child = drop_log.object(format!("child {depth}"));
                    level(drop_log, depth - 1, ready);
                }
            }
            sleep(LONG);
        }
        drop_log.note("went on");
    }

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), &'static str> {
        let (ready, on_ready) = channel(1);
        group! {
            spawn! { level(drop_log, 2, &ready); }
            on_ready.recv().map_err(|_| "closed")?;
            Err::<(), _>("now")
        }
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err("now"));
        let trace = drop_log.trace();
        // Bodies end first, in no order among themselves; outer locals outlive inner ones.
        for depth in 0..=2 {
            assert!(
                drop_log.at(&format!("body {depth}")) < drop_log.at(&format!("outer {depth}")),
                "{trace:?}"
            );
        }
        let outside: Vec<_> = trace
            .iter()
            .filter(|line| !line.starts_with("body"))
            .collect();
        assert_eq!(
            outside,
            ["outer 0", "child 1", "outer 1", "child 2", "outer 2"]
        );
        assert_eq!(drop_log.alive(), 0);
    }
}

#[test]
fn case_06_nothing_of_a_child_of_a_cancelled_group_runs() {
    let drop_log = DropLog::new();
    assert_eq!(cancelled(&drop_log), Ok(()));
    assert!(drop_log.trace().is_empty());
}

/// A cancelled operation in progress leaves the socket unchanged.
mod case_12_no_byte_is_lost {
    use super::*;

    #[vthread]
    fn run() -> io::Result<Vec<u8>> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let mut here = TcpStream::connect(address)?;
        let (mut there, _) = listener.accept()?;
        let mut byte = [0];
        let soon = Duration::from_millis(1);
        assert!(timeout!(soon => here.read(&mut byte)).is_err());
        there.write_all(b"all of it")?;
        there.shutdown(std::net::Shutdown::Write)?;
        let mut read = Vec::new();
        here.read_to_end(&mut read)?;
        Ok(read)
    }

    #[test]
    fn holds() {
        assert_eq!(run().unwrap(), b"all of it");
    }
}
