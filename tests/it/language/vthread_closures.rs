//! `closure!`: closures in which calls suspend.

use super::proof::{begin, give, num, pause, suspends, suspends_and_blocks};
use std::num::ParseIntError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use vthread::VthreadFn;
use vthread::prelude::*;
use vthread::sync::Mutex;

#[vthread]
fn twice<T>(f: impl VthreadFn<u32, Output = T>) -> [T; 2] {
    [f.call(1), f.call(2)]
}

#[vthread]
fn on_text(f: &impl for<'a> VthreadFn<&'a str, Output = usize>) -> usize {
    let text = String::from("abc");
    f.call(&text) + f.call("d")
}

#[vthread]
fn joined(
    f: impl VthreadFn<(u32, String), Output = String>,
    none: impl VthreadFn<(), Output = u32>,
) -> String {
    f.call((none.call(()), "x".into()))
}

#[vthread]
fn forms() -> String {
    begin().await;
    let seven = give(7);
    let [a, b] = twice(closure!(|n| num(n) + seven));
    let length = on_text(&closure!(|text: &str| give(text.len())));
    let text = joined(
        closure!(|n, s| format!("{}{s}", num(n))),
        closure!(|| num(5)),
    );
    let typed = closure!(|n: u32, m: u32| -> u32 { num(n) * num(m) });
    let kept = Arc::new(3);
    let moved = closure!(move |n: u32| num(n) + *kept);
    format!(
        "{a} {b} {length} {text} {} {}",
        typed.call((2, 3)),
        moved.call(1)
    )
}

#[test]
fn calls_of_vthread_closures_suspend() {
    let n = 1 + 2 + 2 + 2 + 2 + 1;
    assert_eq!(suspends(n, forms), "8 9 4 5x 6 4");
}

struct Retry {
    attempts: u32,
}

#[vthread]
impl Retry {
    fn run<T, E>(&self, attempt: impl VthreadFn<u32, Output = Result<T, E>>) -> Result<T, E> {
        let mut n = 0;
        loop {
            match attempt.call(n) {
                Err(_) if n + 1 < self.attempts => n += 1,
                end => return end,
            }
        }
    }
}

#[vthread]
fn retries(texts: &[&str]) -> Result<u32, ParseIntError> {
    begin().await;
    let retry = Retry { attempts: 3 };
    retry.run(closure!(|n| {
        pause();
        let n: u32 = texts[n as usize].parse()?;
        if n == 0 {
            return Ok(100);
        }
        Ok(n)
    }))
}

#[test]
fn closures_fail_and_return_by_themselves() {
    assert_eq!(suspends(2, || retries(&["x", "7"])), Ok(7));
    assert_eq!(suspends(1, || retries(&["0"])), Ok(100));
    assert!(suspends(3, || retries(&["x", "y", "z"])).is_err());
}

/// Callbacks behind a user's own type.
struct Handlers<C> {
    on_number: C,
    n_calls: AtomicU32,
}

#[vthread]
impl<C: VthreadFn<u32, Output = u32>> Handlers<C> {
    fn handle(&self, n: u32) -> u32 {
        self.n_calls.fetch_add(1, Ordering::Relaxed);
        self.on_number.call(n)
    }
}

#[vthread]
fn handlers() -> u32 {
    begin().await;
    let total = Mutex::new(0);
    let handlers = Handlers {
        on_number: closure!(|n: u32| {
            let n = num(n);
            *total.lock() += n;
            n
        }),
        n_calls: AtomicU32::new(0),
    };
    let sum = group! {
        let a = spawn! { handlers.handle(1) };
        let b = spawn! { handlers.handle(2) };
        a.join() + b.join()
    };
    let sum = sum + handlers.handle(3);
    sum + *total.lock() + handlers.n_calls.load(Ordering::Relaxed)
}

#[test]
fn closures_in_structures_called_from_children() {
    assert_eq!(suspends(1, handlers), 6 + 6 + 3);
}

#[vthread]
fn constructs_inside() -> Result<u32, ParseIntError> {
    begin().await;
    let words = vec!["1", "2"];
    let f = closure!(|n: u32| -> Result<u32, ParseIntError> {
        let mut sum = 0;
        'words: for word in &words {
            let both = group! {
                let task = spawn! { num(word.parse::<u32>()?) };
                if num(n) == 9 {
                    break 'words;
                }
                task.join() + n
            }?;
            sum += both;
        }
        let inner = closure!(|m: u32| num(m) + n);
        Ok(sum + inner.call(1))
    });
    Ok(f.call(10)? + f.call(9)?)
}

#[test]
fn groups_loops_and_closures_inside() {
    let n = (2 + 1) + (1 + 1);
    assert_eq!(suspends(n, constructs_inside), Ok(11 + 12 + 11 + 10));
}

#[vthread]
fn factorial(n: u32) -> u32 {
    if n == 0 {
        return 1;
    }
    let smaller = closure!(|n: u32| factorial(n - 1));
    n * smaller.call(n)
}

#[test]
fn recursion_through_a_closure() {
    assert_eq!(factorial(6), 720);
}

#[vthread]
fn in_plain_code() -> u32 {
    begin().await;
    let f = closure!(|n: u32| num(n) + 1);
    // In an ordinary closure calling it blocks.
    let all: u32 = [1, 2].into_iter().map(|n| f.call(n)).sum();
    all + f.call(1)
}

#[test]
fn calls_in_ordinary_closures_block() {
    assert_eq!(suspends_and_blocks(1, 2, in_plain_code), 2 + 3 + 2);
    let f = closure!(|n: u32| num(n) + 1);
    assert_eq!(f.call(3).block(), 4);
    assert_eq!((&f).call(3).block(), 4);
}
