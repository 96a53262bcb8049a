//! Inherited context: children, plain code and other threads that see a binding.

use super::*;

/// A child has the bindings of its spawn site, however long it lives.
mod children_inherit {
    use super::*;

    #[vthread]
    fn run() -> Vec<(u64, &'static str)> {
        let (go, gone) = channel::<()>(8);
        group!(g => {
            let mut tasks = Vec::new();
            for id in 1..4 {
                bind!(ID = id => {
                    let gone = gone.clone();
                    tasks.push(spawn!(g => {
                        // The block has ended by then.
                        gone.recv().unwrap();
                        bind!(NAME = "child" => seen_later())
                    }));
                });
            }
            assert_eq!(seen(), (0, "default"));
            for _ in 0..3 {
                go.send(()).unwrap();
            }
            tasks.into_iter().map(|task| task.join()).collect()
        })
    }

    #[test]
    fn from_the_place_of_the_spawn() {
        assert_eq!(run(), [(1, "child"), (2, "child"), (3, "child")]);
    }

    /// Into an ancestor's group: from the spawner, not from the group.
    #[vthread]
    fn grandchild<'scope>(g: &Group<'scope, ()>, seen: &'scope StdMutex<Vec<u64>>) {
        bind!(ID = ID.get() + 100 => {
            spawn!(g => {
                let (id, _) = seen_later();
                seen.lock().unwrap().push(id);
            });
        });
    }

    #[vthread]
    fn into_an_ancestor(all: &StdMutex<Vec<u64>>) {
        bind!(ID = 1 => {
            group!(g, error = () => {
                spawn! {
                    bind!(ID = 2 => grandchild(g, all));
                }
                let (id, _) = seen_later();
                all.lock().unwrap().push(id);
            })
            .unwrap();
        });
    }

    #[test]
    fn from_the_spawner() {
        let all = StdMutex::new(Vec::new());
        into_an_ancestor(&all);
        let mut all = all.into_inner().unwrap();
        all.sort_unstable();
        assert_eq!(all, [1, 102]);
    }

    #[vthread]
    fn tree(depth: u32, n: &AtomicUsize) {
        let id = ID.get();
        n.fetch_add(1, Ordering::Relaxed);
        if depth == 0 {
            return;
        }
        group! {
            for k in 0..4 {
                bind!(ID = id * 4 + k => {
                    spawn! {
                        assert_eq!(ID.get(), id * 4 + k);
                        yield_now();
                        tree(depth - 1, n);
                        yield_now();
                        assert_eq!(ID.get(), id * 4 + k);
                    }
                });
            }
        }
        assert_eq!(ID.get(), id);
    }

    #[test]
    fn in_trees() {
        let n = AtomicUsize::new(0);
        bind!(ID = 1 => tree(5, &n));
        assert_eq!(n.into_inner(), 1 + 4 + 16 + 64 + 256 + 1024);
    }
}

/// A vthread keeps its bindings when it moves to another OS thread.
mod migration {
    use super::*;

    #[vthread]
    fn run(threads: &StdMutex<HashSet<std::thread::ThreadId>>) {
        group! {
            for id in 0..64 {
                bind!(ID = id => {
                    spawn! {
                        for round in 0..200 {
                            threads.lock().unwrap().insert(std::thread::current().id());
                            bind!(NAME = "round" => {
                                yield_now();
                                assert_eq!(seen(), (id, "round"));
                            });
                            if round % 50 == 0 {
                                sleep(Duration::from_micros(50));
                            }
                            assert_eq!(seen(), (id, "default"));
                        }
                    }
                });
            }
        }
    }

    #[test]
    fn changes_nothing() {
        let threads = StdMutex::new(HashSet::new());
        run(&threads);
        assert!(
            !threads
                .lock()
                .unwrap()
                .contains(&std::thread::current().id())
        );
    }
}

/// Plain frames below vthread code, vthread code below these, and plain threads.
mod plain_code {
    use super::*;

    #[vthread]
    fn in_closures() -> Vec<(u64, &'static str)> {
        bind!(ID = 1 => {
            [1, 2]
                .iter()
                .flat_map(|_| {
                    let direct = seen();
                    let nested = seen_later();
                    let bound = bind!(NAME = "closure" => {
                        yield_now();
                        [seen_later()].map(|before| {
                            assert_eq!(before, seen());
                            bind!(ID = 2 => seen_later())
                        })[0]
                    });
                    [direct, nested, bound, seen()]
                })
                .collect()
        })
    }

    #[test]
    fn closures_in_vthread_code() {
        let one = (1, "default");
        let round = [one, one, (2, "closure"), one];
        assert_eq!(in_closures(), [round, round].concat());
    }

    #[vthread]
    fn in_a_child() -> (u64, &'static str) {
        group! {
            let child = spawn! { in_closures()[2] };
            child.join()
        }
    }

    #[test]
    fn closures_in_children() {
        assert_eq!(bind!(NAME = "never seen" => in_a_child()), (2, "closure"));
    }

    #[test]
    fn plain_threads() {
        let (inside, child) = bind!(ID = 7 => {
            let child = group! {
                let child = spawn! { seen_later() };
                child.join()
            };
            (seen(), child)
        });
        assert_eq!((inside, child), ((7, "default"), (7, "default")));
        // A thread that the library does not know begins with the defaults.
        let elsewhere = bind!(ID = 7 => std::thread::spawn(seen).join().unwrap());
        assert_eq!(elsewhere, (0, "default"));
    }

    /// Polls manually, with a waker of its own.
    fn foreign_block_on<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(value) = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
            {
                return value;
            }
        }
    }

    #[vthread]
    #[allow(deprecated)] // Calls in async blocks are warned about.
    fn under_a_foreign_executor() -> ((u64, &'static str), (u64, &'static str)) {
        bind!(ID = 3 => {
            let poll = || {
                foreign_block_on(async {
                    let direct = seen();
                    let mut first = true;
                    poll_fn(|_| match std::mem::take(&mut first) {
                        true => Poll::Pending,
                        false => Poll::Ready(()),
                    })
                    .await;
                    (direct, bind!(NAME = "foreign" => seen_later()))
                })
            };
            poll()
        })
    }

    #[test]
    fn foreign_executors() {
        assert_eq!(under_a_foreign_executor(), ((3, "default"), (3, "foreign")));
    }

    #[vthread]
    fn awaits() -> (u64, u64) {
        bind!(ID = 8 => {
            let future = async { ID.get() };
            (future.await, ID.get())
        })
    }

    #[test]
    fn futures_awaited_in_place() {
        assert_eq!(awaits(), (8, 8));
    }

    #[vthread]
    fn on_a_helper() -> ((u64, &'static str), (u64, &'static str)) {
        let inside = bind!(ID = 4 => {
            vthread::blocking(|| {
                let direct = seen();
                assert_eq!(direct, seen_later());
                bind!(NAME = "helper" => {
                    group! {
                        let child = spawn! { seen_later() };
                        child.join()
                    }
                })
            })
        });
        (inside, vthread::blocking(seen))
    }

    #[test]
    fn helper_threads() {
        assert_eq!(on_a_helper(), ((4, "helper"), (0, "default")));
    }
}
