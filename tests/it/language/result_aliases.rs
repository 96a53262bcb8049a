//! `Result` under any name: the function's return type decides whether it is one.

// The programs are written as users may write them.
#![allow(clippy::possible_missing_else, clippy::manual_is_multiple_of)]

use std::io;
use std::time::Duration;
use vthread::{prelude::*, sync::Mutex};
const PATIENCE: Duration = Duration::from_secs(60);

type AppResult<T> = Result<T, io::Error>;
type Answer<T = ()> = std::result::Result<T, String>;
type Maybe<T> = Option<T>;
#[derive(Debug, PartialEq)]
struct Summary {
    n: u32,
}
struct QueryResult(u32);
fn may_fail(n: u32) -> AppResult<u32> {
    if n == 3 {
        Err(io::Error::other("three"))
    } else {
        Ok(n)
    }
}
fn even(n: u32) -> Option<u32> {
    (n % 2 == 0).then_some(n)
}

#[vthread]
fn sum(ns: &[u32]) -> AppResult<u32> {
    let total = Mutex::new(0);
    group! {
        for n in ns {
            spawn! { let n = may_fail(*n)?; *total.lock() += n; }
        }
    }?;
    Ok(total.into_inner())
}
#[vthread]
fn body_fails(n: u32) -> AppResult<u32> {
    let r = group! { let n = may_fail(n)?; n + 1 };
    match r {
        Ok(n) => Ok(n),
        Err(_) => Ok(99),
    }
}
#[vthread]
fn tail_ok(n: u32) -> AppResult<u32> {
    group! { let a = spawn! { may_fail(n) }; Ok(a.join() + 1) }
}
#[vthread]
fn tail_type(n: u32) -> AppResult<u32> {
    group! { let _a = spawn! { Ok(1) }; may_fail(n) }
}
#[vthread]
fn tail_value(n: u32) -> AppResult<u32> {
    group! { let a = spawn! { may_fail(n) }; a.join() * 2 }
}
#[vthread]
fn tail_err(n: u32) -> Answer<u32> {
    group! { if n == 3 { Err("three".into()) } else { let t = spawn! { if n == 4 { return Err("four".to_string()); } Ok(n) }; Ok(t.join()) } }
}
#[vthread]
fn returns(n: u32) -> Answer<u32> {
    let _ = group! { if n == 3 { return Ok(33); } if n == 4 { return Err("f".into()); } n };
    Ok(1)
}
#[vthread]
fn nested(n: u32) -> AppResult<u32> {
    group! {
        let a = spawn! { let x = group! { let b = spawn! { may_fail(n)? }; b.join() }?; x + 1 };
        let b = group! { may_fail(n + 1)? }?;
        a.join() + b
    }
}
#[vthread]
fn in_timeout(n: u32) -> AppResult<u32> {
    let r = timeout!(PATIENCE => { let x = group! { let t = spawn! { may_fail(n)? }; t.join() }?; may_fail(x)? });
    group! { let y = timeout!(PATIENCE => { may_fail(n)? }).unwrap(); if y == 7 { timeout!(PATIENCE => { return Ok(70); }).unwrap(); } y }?;
    for i in 0..3 {
        group! { if i == 1 { break; } may_fail(n)?; }?;
    }
    Ok(r.unwrap())
}
#[vthread]
fn maybe(n: u32) -> Maybe<u32> {
    let x = group! { let t = spawn! { n + 1 }; let e = even(n)?; e + t.join() };
    let y = group! { let z = group! { even(x + 1)? }; timeout!(PATIENCE => { even(z)? }).unwrap() };
    Some(x + y)
}
#[vthread]
fn early(n: u32) -> Maybe<u32> {
    group! { if n == 1 { return None; } if n == 2 { return Some(22); } };
    Some(n)
}
#[vthread]
fn summary(n: u32) -> Summary {
    group! { let a = spawn! { n }; let b = spawn! { let c = group! { let d = spawn! { 1 }; d.join() }; c }; Summary { n: a.join() + b.join() } }
}
#[vthread]
fn query(n: u32) -> QueryResult {
    let v = group! { let a = spawn! { Ok(Ok::<u32, ()>(n)) }; a.join().unwrap() };
    let w: Result<u32, ()> = group! { Ok(v) };
    QueryResult(w.unwrap())
}
#[vthread]
fn generic<R: From<u32>>(n: u32) -> R {
    let x = group! { spawn! { n }.join() };
    R::from(x)
}
#[vthread]
fn iter(n: u32) -> AppResult<impl Iterator<Item = u32>> {
    let x = group! { spawn! { may_fail(n)? }.join() }?;
    Ok(0..x)
}
#[vthread]
fn wrapped(n: u32) -> Wrap<impl Iterator<Item = u32>> {
    let x = group! { spawn! { n }.join() };
    Wrap(0..x)
}
struct Wrap<T>(T);
struct S;
#[vthread]
impl S {
    fn go(&self, n: u32) -> AppResult<u32> {
        group! { let t = spawn! { may_fail(n)? }; t.join() }
    }
}
#[vthread]
fn selects(n: u32) -> AppResult<u32> {
    group! { select! { x = may_fail_v(n) => { let y = x?; y + may_fail(n)? } } }
}
#[vthread]
fn may_fail_v(n: u32) -> AppResult<u32> {
    may_fail(n)
}
#[vthread]
fn kept(n: u32) -> AppResult<u32> {
    group!(on_failure = keep => { let t = spawn! { may_fail(n)? }; let r = t.join(); r.unwrap_or(50) })
}
#[vthread]
fn collected(n: u32) -> Answer<u32> {
    let r =
        group!(on_failure = collect => { spawn! { may_fail(n).map_err(|e| e.to_string())?; }; 5 });
    Ok(r.map_or(0, |n| n))
}
#[test]
fn t11_an_alias_of_result_is_one_whatever_its_name() {
    assert_eq!(sum(&[1, 2]).unwrap(), 3);
    assert!(sum(&[1, 3]).is_err());
    assert_eq!(body_fails(1).unwrap(), 2);
    assert_eq!(body_fails(3).unwrap(), 99);
    assert_eq!(tail_ok(1).unwrap(), 2);
    assert!(tail_ok(3).is_err());
    assert_eq!(tail_type(1).unwrap(), 1);
    assert!(tail_type(3).is_err());
    assert_eq!(tail_value(4).unwrap(), 8);
    assert!(tail_value(3).is_err());
    assert_eq!(tail_err(1), Ok(1));
    assert_eq!(tail_err(3), Err("three".into()));
    assert_eq!(tail_err(4), Err("four".into()));
    assert_eq!(returns(1), Ok(1));
    assert_eq!(returns(3), Ok(33));
    assert!(returns(4).is_err());
    assert_eq!(nested(5).unwrap(), 12);
    assert!(nested(3).is_err());
    assert!(nested(2).is_err());
    assert_eq!(in_timeout(5).unwrap(), 5);
    assert_eq!(in_timeout(7).unwrap(), 70);
    assert!(in_timeout(3).is_err());
    assert_eq!(maybe(2), Some(11));
    assert_eq!(maybe(1), None);
    assert_eq!(maybe(0), Some(3));
    assert_eq!(early(1), None);
    assert_eq!(early(2), Some(22));
    assert_eq!(early(3), Some(3));
    assert_eq!(summary(2), Summary { n: 3 });
    assert_eq!(query(4).0, 4);
    assert_eq!(generic::<u64>(4), 4);
    assert_eq!(iter(2).unwrap().count(), 2);
    assert!(iter(3).is_err());
    assert_eq!(wrapped(2).0.count(), 2);
    assert_eq!(S.go(1).block().unwrap(), 1);
    assert!(S.go(3).block().is_err());
    assert_eq!(selects(4).unwrap(), 8);
    assert!(selects(3).is_err());
    assert_eq!(kept(3).unwrap(), 50);
    assert_eq!(kept(2).unwrap(), 2);
    assert_eq!(collected(3), Ok(0));
    assert_eq!(collected(2), Ok(5));
}

/// Groups inside a child's scope fail like groups beside it: not at all if nothing can fail there.
mod enclosed_in_a_child {
    use super::*;
    use vthread::yield_now;

    #[vthread]
    fn after_defer() -> Summary {
        group! {
            let task = spawn! {
                defer! { yield_now(); }
                group! {
                    let n = spawn! { yield_now(); 3 };
                    n.join()
                }
            };
            Summary { n: task.join() }
        }
    }
    #[vthread]
    fn leaves_by_return() -> Summary {
        group! {
            let task = spawn! {
                let n: u32 = timeout!(PATIENCE => {
                    let n = group! { spawn! { yield_now(); 3 }.join() };
                    for i in 0..3 {
                        group! { if i == 1 { return n; } }
                    }
                    n + 1
                }).unwrap();
                shield! { group! { spawn! { n + 10 }.join() } }
            };
            Summary { n: task.join() }
        }
    }
    #[vthread]
    fn may_fail(fails: bool) -> Answer<u32> {
        group! {
            let task = spawn! {
                defer! { yield_now(); }
                let n = timeout!(PATIENCE => {
                    let n = group! {
                        let n = spawn! { if fails { return Err("inner"); } 3 };
                        n.join()
                    }?;
                    n + 1
                }).unwrap();
                group! {
                    let n = spawn! { yield_now(); n };
                    n.join()
                }
            };
            task.join() + 1
        }
    }
    #[test]
    fn groups_fail_as_the_child() {
        assert_eq!(after_defer(), Summary { n: 3 });
        assert_eq!(leaves_by_return(), Summary { n: 3 });
        assert_eq!(may_fail(false), Ok(5));
        assert_eq!(may_fail(true), Err("inner".into()));
    }
}
