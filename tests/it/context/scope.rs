//! Scope of a binding: where it holds, how its block is left, and what can be bound.

use super::*;

mod blocks {
    use super::*;

    #[vthread]
    fn run() -> Vec<(u64, &'static str)> {
        let mut all = vec![seen_later()];
        bind!(ID = 1 => {
            all.push(seen_later());
            let name = "inner";
            let value = bind!(ID = ID.get() + 1, NAME = name => {
                all.push(seen_later());
                bind!(NAME = "innermost" => all.push(seen_later()));
                seen_later()
            });
            all.push(value);
            all.push(seen_later());
        });
        all.push(seen_later());
        all
    }

    /// The values are evaluated before anything is bound, and may suspend and fail.
    #[vthread]
    fn values(text: &str) -> Result<(u64, u64), std::num::ParseIntError> {
        context_var! {
            static OTHER: u64 = 0;
        }
        bind!(ID = parse(text)?, OTHER = parse("5")? + ID.get() => {
            yield_now();
            Ok((ID.get(), OTHER.get()))
        })
    }

    #[vthread]
    fn parse(text: &str) -> Result<u64, std::num::ParseIntError> {
        yield_now();
        text.parse()
    }

    #[test]
    fn nest() {
        let (outside, one) = ((0, "default"), (1, "default"));
        let expected = [
            outside,
            one,
            (2, "inner"),
            (2, "innermost"),
            (2, "inner"),
            one,
            outside,
        ];
        assert_eq!(run(), expected);
        assert_eq!(seen(), outside);
        assert_eq!(values("7"), Ok((7, 5)));
        assert!(values("x").is_err());
        assert_eq!(seen(), outside);
    }
}

/// `?`, `return`, `break` and `continue` leave a `bind!` as they leave a block.
mod ways_out {
    use super::*;

    #[vthread]
    fn parse(text: &str) -> Result<u64, std::num::ParseIntError> {
        let doubled = bind!(ID = 3 => {
            yield_now();
            let n: u64 = text.parse()?;
            if n == 100 {
                return Ok(ID.get());
            }
            n * ID.get()
        });
        assert_eq!(ID.get(), 0);
        Ok(doubled)
    }

    #[vthread]
    fn option(n: Option<u64>) -> Option<u64> {
        let sum = bind!(ID = 1 => {
            yield_now();
            n? + ID.get()
        });
        Some(sum + ID.get())
    }

    #[vthread]
    fn loops() -> Vec<u64> {
        let mut all = Vec::new();
        'outer: for i in 0..10 {
            for k in 0..10 {
                bind!(ID = i * 10 + k => {
                    yield_now();
                    if k == 1 {
                        continue 'outer;
                    }
                    if i == 3 {
                        break 'outer;
                    }
                    all.push(ID.get());
                });
            }
        }
        let last = 'block: {
            bind!(ID = 99 => {
                yield_now();
                if ID.get() == 99 {
                    break 'block ID.get();
                }
            });
            0
        };
        all.push(last);
        all.push(ID.get());
        all
    }

    #[vthread]
    fn of_groups(fails: bool) -> Result<u64, String> {
        group! {
            let child = spawn! {
                bind!(ID = 4 => {
                    yield_now();
                    if fails {
                        Err("child".to_string())?;
                    }
                    ID.get()
                })
            };
            let body = bind!(ID = 5 => {
                if fails {
                    sleep(LONG);
                }
                yield_now();
                ID.get()
            });
            child.join() + body
        }
    }

    fn plainly(n: Option<u64>) -> Option<u64> {
        let sum = bind!(ID = 6 => n? + seen_later().0);
        for i in 0..3 {
            bind!(ID = i => {
                if ID.get() == 1 {
                    break;
                }
            });
        }
        Some(sum)
    }

    #[test]
    fn hold() {
        assert_eq!(parse("21"), Ok(63));
        assert_eq!(parse("100"), Ok(3));
        assert!(parse("x").is_err());
        assert_eq!(option(Some(2)), Some(3));
        assert_eq!(option(None), None);
        assert_eq!(loops(), [0, 10, 20, 99, 0]);
        assert_eq!(of_groups(false), Ok(9));
        assert_eq!(of_groups(true), Err("child".to_string()));
        assert_eq!(plainly(Some(1)), Some(7));
        assert_eq!(plainly(None), None);
        assert_eq!(seen(), (0, "default"));
    }
}

/// Any type that is `'static`, `Send` and `Sync`; the default is made once, on first use.
mod types_and_defaults {
    use super::*;

    static MADE: AtomicUsize = AtomicUsize::new(0);

    context_var! {
        static TABLE: BTreeMap<String, Vec<u32>> = {
            MADE.fetch_add(1, Ordering::SeqCst);
            BTreeMap::from([("a".to_string(), vec![1, 2])])
        };
        static NOT_CLONE: StdMutex<Vec<u32>> = StdMutex::default();
        static CALLBACK: Box<dyn Fn(&str) -> usize + Send + Sync> = Box::new(|_| 0);
        #[allow(non_upper_case_globals)]
        static r#type: u8 = 1;
        static NESTED: u64 = ID.get() + 1;
    }

    mod inner {
        use vthread::prelude::*;
        context_var! {
            pub(super) static SHARED: u8 = 1;
        }
    }

    #[vthread]
    fn run() {
        assert_eq!(MADE.load(Ordering::SeqCst), 0);
        bind!(TABLE = BTreeMap::new() => assert!(TABLE.get().is_empty()));
        assert_eq!(MADE.load(Ordering::SeqCst), 0);
        assert_eq!(TABLE.get()["a"], [1, 2]);
        assert_eq!(TABLE.with(|table| table.len()), 1);
        assert_eq!(MADE.load(Ordering::SeqCst), 1);

        NOT_CLONE.with(|list| list.lock().unwrap().push(1));
        let n = bind!(NOT_CLONE = StdMutex::new(vec![7, 8]) => {
            yield_now();
            NOT_CLONE.with(|list| list.lock().unwrap().push(9));
            NOT_CLONE.with(|list| list.lock().unwrap().clone())
        });
        assert_eq!(n, [7, 8, 9]);
        assert_eq!(NOT_CLONE.with(|list| list.lock().unwrap().clone()), [1]);

        let n = bind!(CALLBACK = Box::new(|text| text.len()) => CALLBACK.with(|call| call("four")));
        assert_eq!(n, 4);
        assert_eq!(bind!(r#type = 4 => r#type.get()), 4);
        assert_eq!(bind!(inner::SHARED = 4 => inner::SHARED.get()), 4);
        assert_eq!(inner::SHARED.get(), 1);
        assert_eq!(bind!(ID = 5 => NESTED.get()), 6);
        assert_eq!(format!("{:?}", &ID), "ContextVar");
    }

    #[test]
    fn hold() {
        run();
    }
}

/// `get` has the name of a method that may suspend; it does not, so nothing else runs meanwhile.
mod reading_is_no_suspension_point {
    use super::*;

    struct Store(Mutex<u64>);

    #[vthread]
    impl Store {
        fn get(&self) -> u64 {
            yield_now();
            *self.0.lock()
        }
        fn with(&self, n: u64) -> u64 {
            yield_now();
            *self.0.lock() + n
        }
    }

    static STORE: Store = Store(Mutex::new(5));

    #[vthread]
    fn run() -> u64 {
        let mut sum = 0;
        // More than any budget.
        for _ in 0..10_000 {
            sum += ID.get() + ID.with(|id| *id);
        }
        sum + STORE.get() + STORE.with(1)
    }

    /// The number of polls that a future takes.
    async fn polls(future: impl Future) -> usize {
        let mut future = pin!(future);
        let mut n = 0;
        poll_fn(|cx| {
            n += 1;
            future.as_mut().poll(cx).map(|_| n)
        })
        .await
    }

    #[test]
    fn holds() {
        assert_eq!(run(), 11);
        let once = polls(async { ID.get() });
        assert_eq!(
            pin!(once).poll(&mut Context::from_waker(Waker::noop())),
            Poll::Ready(1)
        );
    }

    #[vthread]
    fn cancelled(drop_log: &DropLog) -> Result<(), &'static str> {
        let (ready, all_ready) = channel::<()>(2);
        let (go, gone) = channel::<()>(1);
        group! {
            spawn! {
                shield! {
                    ready.send(()).unwrap();
                    // Until the other one is dropped, and both are marked. A suspension point would
                    // be the end.
                    assert!(gone.recv().is_err());
                }
                bind!(ID = 9 => {
                    drop_log.note(format!("{}", ID.get()));
                });
                drop_log.note("after");
                yield_now();
                drop_log.note("too far");
            }
            let ready = &ready;
            spawn!(move => {
                let _go = go;
                ready.send(()).unwrap();
                sleep(LONG);
            });
            all_ready.recv().unwrap();
            all_ready.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    /// Neither is `bind!` itself, on its way in or out.
    #[test]
    fn nor_is_binding() {
        let drop_log = DropLog::new();
        assert_eq!(cancelled(&drop_log), Err("stop"));
        assert_eq!(drop_log.trace(), ["9", "after"]);
    }
}
