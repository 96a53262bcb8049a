//! Context in frames: which bindings apply when frames are polled and dropped in unusual ways, and
//! when values are dropped.

use super::*;

/// Recursive calls are polled by the runtime, not through the frames that made them.
mod recursion {
    use super::*;

    #[vthread]
    fn down(n: u64) -> u64 {
        assert_eq!(ID.get(), n);
        if n == 0 {
            yield_now();
            return 0;
        }
        let below = bind!(ID = n - 1 => {
            yield_now();
            let below = down(n - 1);
            assert_eq!(ID.get(), n - 1);
            yield_now();
            assert_eq!(ID.get(), n - 1);
            below
        });
        assert_eq!(ID.get(), n);
        // Without a binding of its own in between.
        if n.is_multiple_of(7) {
            below + 1 + bind!(ID = 0 => down(0))
        } else {
            below + 1
        }
    }

    #[test]
    fn in_each_call() {
        assert_eq!(bind!(ID = 3_000 => down(3_000)), 3_000);
    }

    /// A million nested bindings form no chain that would need a deep stack to drop.
    #[vthread]
    fn deep(n: u64) -> u64 {
        if n == 0 {
            return ID.get();
        }
        bind!(ID = n => deep(n - 1))
    }

    #[test]
    fn deep_ones() {
        assert_eq!(deep(200_000), 1);
        assert_eq!(ID.get(), 0);
    }

    struct Seen<'a>(&'a StdMutex<Vec<u64>>);
    impl Drop for Seen<'_> {
        fn drop(&mut self) {
            self.0.lock().unwrap().push(ID.get());
        }
    }

    #[vthread]
    fn stuck(n: u64, all: &StdMutex<Vec<u64>>, reached: &Sender<()>) {
        let _seen = Seen(all);
        if n == 0 {
            reached.send(()).unwrap();
            sleep(LONG);
        }
        bind!(ID = n => stuck(n - 1, all, reached));
    }

    #[vthread]
    fn cancel_it(all: &StdMutex<Vec<u64>>) -> Result<(), &'static str> {
        let (reached, is_reached) = channel::<()>(1);
        group! {
            bind!(ID = 4 => {
                spawn! { stuck(3, all, &reached); }
            });
            is_reached.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    /// Cancelled, each frame is dropped with its own bindings.
    #[test]
    fn cancelled() {
        let all = StdMutex::new(Vec::new());
        assert_eq!(cancel_it(&all), Err("stop"));
        assert_eq!(all.into_inner().unwrap(), [1, 2, 3, 4]);
    }
}

/// The branches of a `select!` have their own bindings.
mod branches {
    use super::*;

    #[vthread]
    fn branch(id: u64, rounds: usize) -> u64 {
        bind!(ID = id => {
            for _ in 0..rounds {
                yield_now();
                assert_eq!(ID.get(), id);
                recursive(3, id);
            }
            ID.get()
        })
    }

    #[vthread]
    fn recursive(n: u64, id: u64) {
        yield_now();
        assert_eq!(ID.get(), id + 3 - n);
        if n > 0 {
            bind!(ID = id + 4 - n => recursive(n - 1, id));
        }
    }

    #[vthread]
    fn run() -> (u64, u64) {
        bind!(NAME = "select" => {
            select! {
                id = branch(10, 50) => (id, ID.get()),
                id = branch(20, 5) => (id, ID.get()),
                id = bind!(ID = 30 => { sleep(LONG); ID.get() }) => (id, ID.get()),
            }
        })
    }

    #[test]
    fn have_their_own() {
        let (winner, handler) = run();
        assert!(winner == 10 || winner == 20);
        assert_eq!(handler, 0);
    }
}

/// Cleanup and destructors see the bindings around them, however they come to run.
mod cleanup {
    use super::*;

    struct Noted<'a>(&'a DropLog, &'static str);
    impl Drop for Noted<'_> {
        fn drop(&mut self) {
            self.0.note(format!("{} {}", self.1, ID.get()));
        }
    }

    #[vthread]
    fn work(drop_log: &DropLog, end: u32, reached: &Sender<()>) -> Result<(), &'static str> {
        let _outer = Noted(drop_log, "outer");
        bind!(ID = 1 => {
            let _around = Noted(drop_log, "around");
            defer! {
                yield_now();
                drop_log.note(format!("defer {}", ID.get()));
                bind!(ID = 3 => {
                    yield_now();
                    drop_log.note(format!("inside {}", ID.get()));
                });
            }
            bind!(ID = 2 => {
                let _inner = Noted(drop_log, "inner");
                yield_now();
                match end {
                    0 => {}
                    1 => Err("failed")?,
                    2 => resume_unwind(Box::new("panicked")),
                    _ => {
                        reached.send(()).unwrap();
                        sleep(LONG);
                    }
                }
            });
        });
        Ok(())
    }

    #[vthread]
    fn run(drop_log: &DropLog, end: u32) -> Result<(), &'static str> {
        let (reached, is_reached) = channel::<()>(1);
        group! {
            spawn! { work(drop_log, end, &reached)?; }
            if end == 3 {
                is_reached.recv().unwrap();
                Err("cancelled")?;
            }
        }
    }

    #[test]
    fn in_every_way() {
        let ends = [
            Some(Ok(())),
            Some(Err("failed")),
            None,
            Some(Err("cancelled")),
        ];
        for (end, expected) in ends.into_iter().enumerate() {
            let drop_log = DropLog::new();
            let ended = catch_unwind(AssertUnwindSafe(|| run(&drop_log, end as u32)));
            assert_eq!(ended.ok(), expected);
            let expected = ["inner 2", "defer 1", "inside 3", "around 1", "outer 0"];
            assert_eq!(drop_log.trace(), expected, "end {end}");
            assert_eq!(ID.get(), 0);
        }
    }

    #[vthread]
    fn captured(drop_log: &DropLog) -> Result<(), &'static str> {
        group! {
            for id in 1..3 {
                let object = Noted(drop_log, "capture");
                bind!(ID = id => {
                    spawn! { sleep(LONG); drop(object); }
                });
            }
            Err::<(), _>("stop")?;
        }
    }

    /// A child's captures too, whether it has begun or not.
    #[test]
    fn of_cancelled_children() {
        let drop_log = DropLog::new();
        assert_eq!(captured(&drop_log), Err("stop"));
        let mut trace = drop_log.trace();
        trace.sort();
        assert_eq!(trace, ["capture 1", "capture 2"]);
    }
}

/// A bound value is dropped once, when the block and all children that inherited it have ended.
mod values {
    use super::*;

    context_var! {
        static HELD: Option<Arc<&'static str>> = None;
        static BOMB: Bomb = Bomb(false);
    }

    struct Bomb(bool);
    impl Drop for Bomb {
        fn drop(&mut self) {
            if self.0 {
                resume_unwind(Box::new("bomb"));
            }
        }
    }

    #[vthread]
    fn shared(log: &StdMutex<Vec<bool>>) {
        let alive = |value: &Weak<&'static str>| log.lock().unwrap().push(value.strong_count() > 0);
        let value = Arc::new("value");
        let watched = Arc::downgrade(&value);
        group!(g => {
            let (go, gone) = channel::<()>(1);
            let task = bind!(HELD = Some(value) => {
                let child = spawn!(g => { gone.recv().unwrap(); });
                yield_now();
                alive(&watched);
                child
            });
            // The child has it.
            alive(&watched);
            go.send(()).unwrap();
            task.join();
        });
        alive(&watched);

        let value = Arc::new("value");
        let watched = Arc::downgrade(&value);
        bind!(HELD = Some(value) => { yield_now(); alive(&watched) });
        alive(&watched);
    }

    #[test]
    fn live_as_long_as_they_are_seen() {
        let log = StdMutex::new(Vec::new());
        shared(&log);
        assert_eq!(log.into_inner().unwrap(), [true, true, false, true, false]);
    }

    #[vthread]
    fn by_the_block() {
        bind!(BOMB = Bomb(true) => yield_now());
    }

    #[vthread]
    fn by_a_child(outlives: bool) {
        group!(g => {
            let (go, gone) = channel::<()>(1);
            bind!(BOMB = Bomb(true) => {
                spawn!(g => { let _ = gone.recv(); });
                if !outlives {
                    go.send(()).unwrap();
                    sleep(SHORT);
                }
            });
            drop(go);
        });
    }

    #[vthread]
    fn by_a_helper() -> Result<(), &'static str> {
        let (to_helper, from_here) = std::sync::mpsc::channel::<()>();
        let (begun, has_begun) = channel::<()>(1);
        let result = group! {
            spawn!(move => {
                bind!(BOMB = Bomb(true) => {
                    vthread::blocking(move || {
                        begun.send(()).unwrap();
                        let _ = from_here.recv();
                    });
                });
            });
            has_begun.recv().unwrap();
            Err::<(), _>("stop")?;
        };
        drop(to_helper);
        result
    }

    #[test]
    fn a_panic_in_a_destructor_climbs() {
        let payload = |run: &dyn Fn()| {
            let payload = catch_unwind(AssertUnwindSafe(run)).expect_err("it panics");
            *payload.downcast::<&'static str>().unwrap()
        };
        assert_eq!(payload(&by_the_block), "bomb");
        assert_eq!(payload(&|| by_a_child(true)), "bomb");
        assert_eq!(payload(&|| by_a_child(false)), "bomb");
        // No vthread is left that could observe it.
        assert_eq!(by_a_helper(), Err("stop"));
        assert_eq!(seen_later(), (0, "default"));
    }

    #[test]
    fn a_stashed_waker_keeps_none() {
        static STASH: StdMutex<Vec<Waker>> = StdMutex::new(Vec::new());
        #[vthread(local)]
        #[allow(clippy::redundant_allocation)] // What counts is the `Arc`.
        fn run(value: Arc<&'static str>) {
            group! {
                bind!(HELD = Some(value) => {
                    spawn! {
                        poll_fn(|cx| {
                            STASH.lock().unwrap().push(cx.waker().clone());
                            Poll::Ready(())
                        })
                        .await;
                    }
                });
            }
        }
        let value = Arc::new("value");
        run(value.clone());
        assert_eq!(STASH.lock().unwrap().len(), 1);
        assert_eq!(Arc::strong_count(&value), 1);
    }
}
