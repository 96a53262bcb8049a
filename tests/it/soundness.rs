//! Soundness: the rules that show at run time, each as an attack on them.

use crate::drop_log::DropLog;
use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);

/// A waker that outlives its vthread holds bytes, not values: the child ends all the same.
mod a_stashed_waker_keeps_no_value_alive {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog, stash: &StdMutex<Vec<Waker>>) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        let result = group! {
            let object = drop_log.object("captured");
            spawn! {
                let _object = object;
                let _local = drop_log.object("local");
                tx.send(()).unwrap();
                poll_fn(|cx| {
                    stash.lock().unwrap().push(cx.waker().clone());
                    Poll::<()>::Pending
                })
                .await;
            }
            rx.recv().unwrap();
            // The child has stored its waker, or will have before it is dropped.
            while stash.lock().unwrap().is_empty() {
                yield_now();
            }
            Err::<(), _>("stop")?;
        };
        drop_log.note("after");
        result
    }

    #[test]
    fn holds() {
        let (drop_log, stash) = (DropLog::new(), StdMutex::new(Vec::new()));
        assert_eq!(run(&drop_log, &stash), Err("stop"));
        drop_log.all_before(&["captured", "local"], "after");
        for waker in stash.into_inner().unwrap() {
            waker.wake_by_ref();
            drop(waker.clone());
            waker.wake();
        }
    }
}

/// No code runs past the cancelled point, even if the awaited future is ready.
mod an_await_that_is_always_ready_is_a_suspension_point {
    use super::*;

    #[vthread]
    fn run(turns: &AtomicUsize) -> Result<(), &'static str> {
        group! {
            spawn! {
                loop {
                    std::future::ready(()).await;
                    turns.fetch_add(1, Ordering::Relaxed);
                }
            }
            while turns.load(Ordering::Relaxed) < 1000 {
                yield_now();
            }
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        assert_eq!(run(&AtomicUsize::new(0)), Err("stop"));
    }
}

/// The private payload by which a cancelled blocking call unwinds carries no authority: replayed
/// where nothing is cancelled, it is a panic.
mod a_replayed_payload_is_a_panic {
    use super::*;

    #[vthread]
    fn steal(stolen: &StdMutex<Option<Box<dyn Any + Send>>>) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! {
                let plain = || {
                    let payload = catch_unwind(AssertUnwindSafe(|| {
                        tx.send(()).unwrap();
                        sleep(LONG);
                    }))
                    .unwrap_err();
                    *stolen.lock().unwrap() = Some(payload);
                };
                plain();
            }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[vthread]
    fn replay(payload: Box<dyn Any + Send>) {
        group! {
            spawn! {
                yield_now();
                resume_unwind(payload);
            }
        }
    }

    #[test]
    fn holds() {
        let stolen = StdMutex::new(None);
        assert_eq!(steal(&stolen), Err("stop"));
        let payload = stolen
            .into_inner()
            .unwrap()
            .expect("the blocking call unwound");
        assert!(catch_unwind(AssertUnwindSafe(|| replay(payload))).is_err());
    }
}

/// Catching the unwind does not undo the cancellation: the next suspension point ends the vthread.
mod a_swallowed_cancellation_comes_back {
    use super::*;

    #[vthread]
    fn run(caught: &AtomicUsize) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! {
                let stubborn = || {
                    tx.send(()).unwrap();
                    for _ in 0..3 {
                        if catch_unwind(|| sleep(LONG)).is_err() {
                            caught.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                };
                stubborn();
                yield_now();
                caught.fetch_add(100, Ordering::SeqCst);
            }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        let caught = AtomicUsize::new(0);
        assert_eq!(run(&caught), Err("stop"));
        assert_eq!(caught.into_inner(), 3);
    }
}

/// A blocking call made while a panic unwinds completes, also in a cancelled vthread.
mod no_second_unwind_while_panicking {
    use super::*;

    struct Blocks<'a>(&'a AtomicBool);
    impl Drop for Blocks<'_> {
        fn drop(&mut self) {
            sleep(Duration::from_millis(2));
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[vthread]
    fn run(completed: &AtomicBool) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! {
                let plain = || {
                    let _blocks = Blocks(completed);
                    tx.send(()).unwrap();
                    // Unwinds because it is cancelled; the destructor above blocks meanwhile.
                    sleep(LONG);
                };
                plain();
            }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        let completed = AtomicBool::new(false);
        assert_eq!(run(&completed), Err("stop"));
        assert!(completed.into_inner());
    }
}

/// A foreign executor below a plain frame does not know marks: the operations that it polls work.
mod a_foreign_executor_is_served {
    use super::*;
    use futures_io::AsyncRead;
    use vthread::net::{TcpListener, TcpStream};

    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }

    fn foreign_block_on<F: Future>(future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        let waker = Waker::from(std::sync::Arc::new(Unpark(std::thread::current())));
        loop {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(value) => return value,
                Poll::Pending => std::thread::park(),
            }
        }
    }

    #[vthread]
    fn run(read: &AtomicUsize) -> std::io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! {
                let mut stream = TcpStream::connect(address)?;
                tx.send(()).unwrap();
                let mut plain = || {
                    let mut buffer = [0; 4];
                    let n = foreign_block_on(poll_fn(|cx| {
                        Pin::new(&mut stream).poll_read(cx, &mut buffer)
                    }));
                    read.store(n.unwrap(), Ordering::SeqCst);
                };
                plain();
            }
            let (mut peer, _) = listener.accept()?;
            rx.recv().unwrap();
            // The child is cancelled while it is under the foreign executor; then the data arrives.
            std::thread::spawn(move || peer.write_all(b"data").block());
            Err(std::io::Error::other("stop"))?;
        }
    }

    #[test]
    fn holds() {
        let read = AtomicUsize::new(0);
        assert_eq!(run(&read).unwrap_err().to_string(), "stop");
        assert_eq!(read.into_inner(), 4);
    }
}

/// Destructors of payloads, errors and values may panic: no worker dies of it, and nothing hangs.
mod destructors_that_panic {
    use super::*;

    #[derive(Debug)]
    struct Grenade(&'static str);
    impl Drop for Grenade {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                resume_unwind(Box::new(self.0));
            }
        }
    }

    #[vthread]
    fn values() {
        group! {
            spawn! { yield_now(); Grenade("value") };
        }
    }

    #[vthread]
    fn late_errors() -> Result<(), Grenade> {
        group! {
            for name in ["one", "two", "three"] {
                spawn! { Err::<(), _>(Grenade(name)) };
            }
        }
    }

    #[vthread]
    fn payloads() {
        group! {
            for name in ["one", "two"] {
                spawn! { resume_unwind(Box::new(Grenade(name))); }
            }
        }
    }

    #[vthread]
    fn still_works() -> usize {
        let sum = vthread::sync::Mutex::new(0);
        group! {
            for i in 0..100 {
                spawn! { yield_now(); *sum.lock() += i; }
            }
        }
        sum.into_inner()
    }

    #[test]
    fn holds() {
        let payload = catch_unwind(values).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "value");
        // Three errors: one is the group's, or a destructor's panic outranks it.
        match catch_unwind(late_errors) {
            Ok(result) => std::mem::forget(result),
            Err(payload) => drop(payload),
        }
        let payload = catch_unwind(payloads).unwrap_err();
        std::mem::forget(payload);
        assert_eq!(still_works(), 4950);
    }
}

/// A root that holds an `Rc` over a group: a frame that is not `Send` and is not spawned.
mod a_root_with_an_rc_around_a_group {
    use super::*;
    use std::rc::Rc;

    #[vthread]
    fn run() -> usize {
        let shared = Rc::new(AtomicUsize::new(0));
        let inner: &AtomicUsize = &shared;
        group! {
            for _ in 0..10 {
                spawn! { yield_now(); inner.fetch_add(1, Ordering::SeqCst); }
            }
        }
        Rc::strong_count(&shared) + shared.load(Ordering::SeqCst)
    }

    #[test]
    fn holds() {
        assert_eq!(run(), 11);
    }
}

/// `&mut` of disjoint fields to children, and the parent's use of them after the group.
mod children_end_before_their_borrows {
    use super::*;

    struct Pair {
        left: Vec<u32>,
        right: Vec<u32>,
    }

    #[vthread]
    fn run(pair: &mut Pair, fails: bool) -> Result<(), &'static str> {
        let result = group! {
            spawn! { for i in 0..100 { pair.left.push(i); yield_now(); } }
            spawn! { for i in 0..100 { pair.right.push(i); yield_now(); } }
            if fails {
                yield_now();
                Err::<(), _>("stop")?;
            }
        };
        pair.left.push(1000);
        pair.right.push(1000);
        result
    }

    #[test]
    fn holds() {
        for fails in [false, true] {
            let mut pair = Pair {
                left: Vec::new(),
                right: Vec::new(),
            };
            assert_eq!(run(&mut pair, fails).is_err(), fails);
            assert_eq!(pair.left.last(), Some(&1000));
            assert_eq!(pair.right.last(), Some(&1000));
        }
    }
}

/// A crate that takes the name of ours is outside the claim, since no macro can see it: all that
/// can be done is to say so.
#[test]
fn r06_what_is_not_prevented_is_written_down() {
    let rules = include_str!("../../vthread-runtime/SOUNDNESS.md");
    let (_, not_prevented) = rules.split_once("## What is not prevented").unwrap();
    assert!(not_prevented.contains("extern crate self as vthread"));
}
