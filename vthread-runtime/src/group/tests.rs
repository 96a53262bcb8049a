//! Groups driven by hand, as the macros drive them.

#![allow(unsafe_code)] // What the macros generate.

use super::block_on::block_on;
use super::options::{GroupOptions, SpawnOptions};
use super::owner::{Group, Owner, spawn};
use super::room::room;
use super::task::Task;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn start<'s, V, F>(g: &Group<'s, String>, frame: F) -> Task<V>
where
    V: Send + 's,
    F: Future<Output = Result<V, String>> + Send + 's,
{
    unsafe {
        let permit = room(g).await;
        spawn(g, permit, SpawnOptions::new(), frame)
    }
}

async fn yield_now() {
    unsafe { super::call::frame(super::yield_now::__vthread_yield_now()) }.await
}

type Boxed<'a, T = ()> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

struct Count<'a>(&'a AtomicUsize);
impl Drop for Count<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn sum(n: u64, limit: usize) -> Result<u64, String> {
    block_on(async {
        let owner = unsafe { Owner::new(GroupOptions::new().max_concurrency(limit)) };
        let group = unsafe { owner.group() };
        let view = unsafe { group.dup() };
        let body = async {
            let g = &view;
            let mut tasks = Vec::new();
            for i in 0..n {
                tasks.push(
                    start(g, async move {
                        yield_now().await;
                        Ok(i)
                    })
                    .await,
                );
            }
            let mut sum = 0;
            for task in tasks {
                sum += unsafe { super::call::frame(task.join()) }.await;
            }
            Ok(sum)
        };
        unsafe { owner.run(group, body) }.await
    })
}

#[test]
fn children_give_their_values() {
    assert_eq!(sum(0, 1), Ok(0));
    assert_eq!(sum(1000, usize::MAX), Ok(499_500));
    assert_eq!(sum(100, 3), Ok(4950));
}

#[test]
fn the_first_failure_cancels_the_rest() {
    let dropped = AtomicUsize::new(0);
    let result: Result<(), String> = block_on(async {
        let owner = unsafe { Owner::new(GroupOptions::new()) };
        let group = unsafe { owner.group() };
        let view = unsafe { group.dup() };
        let body = async {
            let g = &view;
            for _ in 0..100 {
                let count = Count(&dropped);
                let _ = start(g, async move {
                    let _count = count;
                    loop {
                        yield_now().await;
                    }
                    #[allow(unreachable_code)]
                    Ok(())
                })
                .await;
            }
            let _ = start(g, async { Err::<(), _>("no".to_string()) }).await;
            loop {
                yield_now().await;
            }
        };
        unsafe { owner.run(group, body) }.await
    });
    assert_eq!(result, Err("no".to_string()));
    assert_eq!(dropped.load(Ordering::SeqCst), 100);
}

#[test]
fn a_panic_resumes_in_the_parent() {
    let caught = std::panic::catch_unwind(|| {
        block_on(async {
            let owner = unsafe { Owner::<String>::new(GroupOptions::new()) };
            let group = unsafe { owner.group() };
            let view = unsafe { group.dup() };
            let body = async {
                let _ = start(&view, async {
                    yield_now().await;
                    if true {
                        std::panic::resume_unwind(Box::new(7_u32));
                    }
                    Ok(())
                })
                .await;
                loop {
                    yield_now().await;
                }
                #[allow(unreachable_code)]
                Ok(())
            };
            unsafe { owner.run(group, body) }.await
        })
    });
    assert_eq!(*caught.unwrap_err().downcast::<u32>().unwrap(), 7);
}

#[test]
fn blocking_calls_below_vthreads_are_compensated() {
    let result: Result<u64, String> = block_on(async {
        let owner = unsafe { Owner::new(GroupOptions::new()) };
        let group = unsafe { owner.group() };
        let view = unsafe { group.dup() };
        let body = async {
            let mut tasks = Vec::new();
            for _ in 0..50 {
                tasks.push(start(&view, async { Ok(sum(20, 4).unwrap()) }).await);
            }
            let mut total = 0;
            for task in tasks {
                total += unsafe { super::call::frame(task.join()) }.await;
            }
            Ok(total)
        };
        unsafe { owner.run(group, body) }.await
    });
    assert_eq!(result, Ok(50 * 190));
}

fn depth(n: usize, ledger: &AtomicUsize) -> Boxed<'_, usize> {
    Box::pin(async move {
        let _count = Count(ledger);
        if n == 0 {
            yield_now().await;
            return 0;
        }
        1 + crate::task::line::segment(depth(n - 1, ledger)).await
    })
}

/// On a stack of 2 MiB, as tests have it.
#[test]
fn recursion_does_not_use_the_stack() {
    let dropped = AtomicUsize::new(0);
    assert_eq!(block_on(depth(200_000, &dropped)), 200_000);
    assert_eq!(dropped.load(Ordering::SeqCst), 200_001);
}

#[test]
fn a_deep_recursion_is_cancelled_innermost_first() {
    struct InOrder<'a>(usize, &'a AtomicUsize);
    impl Drop for InOrder<'_> {
        fn drop(&mut self) {
            assert_eq!(self.1.fetch_add(1, Ordering::SeqCst), self.0);
        }
    }
    fn down(n: usize, dropped: &AtomicUsize) -> Boxed<'_> {
        Box::pin(async move {
            let _guard = InOrder(n, dropped);
            if n == 0 {
                loop {
                    yield_now().await;
                }
            }
            crate::task::line::segment(down(n - 1, dropped)).await
        })
    }
    let dropped = AtomicUsize::new(0);
    let result: Result<(), String> = block_on(async {
        let owner = unsafe { Owner::new(GroupOptions::new()) };
        let group = unsafe { owner.group() };
        let view = unsafe { group.dup() };
        let body = async {
            let _ = start(&view, async {
                down(100_000, &dropped).await;
                Ok(())
            })
            .await;
            for _ in 0..10 {
                yield_now().await;
            }
            Err("stop".to_string())
        };
        unsafe { owner.run(group, body) }.await
    });
    assert_eq!(result, Err("stop".to_string()));
    assert_eq!(dropped.load(Ordering::SeqCst), 100_001);
}

#[test]
fn a_panic_climbs_through_segments_and_groups() {
    fn down(n: usize) -> Boxed<'static> {
        Box::pin(async move {
            if n == 0 {
                yield_now().await;
                std::panic::resume_unwind(Box::new(3_u8));
            }
            if n.is_multiple_of(3) {
                let owner = unsafe { Owner::<String>::new(GroupOptions::new()) };
                let group = unsafe { owner.group() };
                let body = async {
                    crate::task::line::segment(down(n - 1)).await;
                    Ok(())
                };
                unsafe { owner.run(group, body) }.await.unwrap();
            } else {
                crate::task::line::segment(down(n - 1)).await;
            }
        })
    }
    let payload = std::panic::catch_unwind(|| block_on(down(10))).unwrap_err();
    assert_eq!(*payload.downcast::<u8>().unwrap(), 3);
}
