//! Deep recursion: it does not use the stack of the OS thread, neither for calls nor for returns
//! nor for drops.

use crate::drop_log::DropLog;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Sender, channel};
use vthread::time::sleep;
use vthread::yield_now;

/// Runs on a stack as small as threads commonly have.
fn on_a_small_stack(test: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn_scoped(scope, test)
            .unwrap()
            .join()
            .unwrap();
    });
}

mod a_million_deep {
    use super::*;

    #[vthread]
    fn depth(n: usize) -> usize {
        if n == 0 {
            yield_now();
            return 0;
        }
        1 + depth(n - 1)
    }

    #[test]
    fn holds() {
        on_a_small_stack(|| assert_eq!(depth(1_000_000), 1_000_000));
    }
}

mod cancelled_innermost_first {
    use super::*;

    struct InOrder<'a>(usize, &'a AtomicUsize);
    impl Drop for InOrder<'_> {
        fn drop(&mut self) {
            assert_eq!(self.1.fetch_add(1, Ordering::SeqCst), self.0);
        }
    }

    #[vthread]
    #[allow(unconditional_recursion)]
    fn down(n: usize, dropped: &AtomicUsize, tx: &Sender<()>) {
        let _guard = InOrder(n, dropped);
        if n == 0 {
            tx.send(()).unwrap();
            sleep(Duration::from_secs(3600));
        }
        down(n - 1, dropped, tx);
    }

    #[vthread]
    fn run(n: usize, dropped: &AtomicUsize) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! { down(n, dropped, &tx); }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        let dropped = AtomicUsize::new(0);
        on_a_small_stack(|| assert_eq!(run(1_000_000, &dropped), Err("stop")));
        assert_eq!(dropped.into_inner(), 1_000_001);
    }
}

mod a_panic_climbs_through_calls_and_groups {
    use super::*;

    #[vthread]
    fn down(n: usize, drop_log: &DropLog) {
        let _frame = drop_log.object(format!("frame {n}"));
        if n == 0 {
            yield_now();
            resume_unwind(Box::new(3_u8));
        }
        if n.is_multiple_of(3) {
            group! { down(n - 1, drop_log); }
        } else {
            down(n - 1, drop_log);
        }
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        let payload = catch_unwind(AssertUnwindSafe(|| down(10, &drop_log))).unwrap_err();
        assert_eq!(*payload.downcast::<u8>().unwrap(), 3);
        let innermost_first: Vec<_> = (0..=10).map(|n| format!("frame {n}")).collect();
        assert_eq!(drop_log.trace(), innermost_first);
    }
}

mod methods {
    use super::*;

    struct Tree {
        value: u64,
        children: Vec<Tree>,
    }

    #[vthread]
    impl Tree {
        fn total(&self) -> u64 {
            yield_now();
            let mut total = self.value;
            for child in &self.children {
                total += child.total();
            }
            total
        }
    }

    #[test]
    fn hold() {
        let mut tree = Tree {
            value: 1,
            children: Vec::new(),
        };
        for value in 2..=100 {
            tree = Tree {
                value,
                children: vec![tree],
            };
        }
        assert_eq!(tree.total().block(), 5050);
    }
}
