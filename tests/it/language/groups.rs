//! `group!` in every position of an expression, with every option.

use super::proof::{begin, give, num, pause, suspends};
use vthread::prelude::*;
use vthread::sync::Mutex;
use vthread::{Group, Task};

#[vthread]
fn child_of(n: u32) -> u32 {
    group! {
        let task = spawn! { num(n) };
        task.join()
    }
}

#[vthread]
#[rustfmt::skip]
#[allow(unused_braces, clippy::all)]
fn positions() -> Vec<u32> {
    begin().await;
    let mut out = vec![];
    let a = group! { num(1) };
    out.push(a);
    out.push(group! { num(2) });
    out.push(group!({ num(3) }) + group!( { num(4) } ) * group![{ num(2) }]);
    out.extend([group! { num(5) }, group! { 6 }]);
    let (x, y) = (group! { num(7) }, group! { give(8) });
    out.extend([x, y]);
    if group! { num(1) == 1 } { out.push(9) } else if group! { false } { out.push(0) }
    match group! { Some(num(10)) } { Some(n) if group! { num(n) } == 10 => out.push(n), _ => {} }
    while group! { num(1) } == 2 {}
    for n in group! { vec![num(11)] } { out.push(n) }
    let Some(n) = group!({ give(Some(12)) }) else { return group! { out } };
    out.push(n);
    out.push(if let Some(n) = group! { Some(num(13)) } && group! { true } { n } else { 0 });
    out.push(*&group! { num(14) });
    out.push(-group! { -15_i32 } as u32);
    out.push(group! { Some(num(16)) }.unwrap());
    out.push(group! { (1, num(17)) }.1);
    out.push(group! { [0, num(18)] }[group! { 1 }]);
    out.push(group! { let add = |n: u32| n + 1; add }(num(18)));
    out.push({ group! { num(20) } });
    out.push('a: { break 'a group! { num(21) } });
    out.push(loop { break group! { num(22) } });
    out[0] = group! { num(100) };
    out[1] += group! { num(100) };
    let _ = group! { num(0) }..group! { num(1) };
    let _ = (group! { num(1) } as u8, Some(group! { 1 }), &mut group! { 1 });
    let _ = format!("{} {x}", group! { num(1) }, x = group! { 2 });
    assert_eq!(group! { num(1) }, 1, "{}", group! { 1 });
    group! {};
    group! { num(1); }
    return group! { out };
}

#[test]
fn every_position() {
    let out = suspends(31, positions);
    let expected = [
        100, 102, 11, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    ];
    assert_eq!(out, expected);
}

#[vthread]
fn options(limit: usize, name: &str) -> Result<Vec<u32>, String> {
    begin().await;
    let seen = Mutex::new(vec![]);
    group!(max_concurrency = 1 => { spawn! { seen.lock().push(num(1)); } })?;
    group!(max_concurrency = limit + give(1), name = "named" => { spawn! { seen.lock().push(2); } })?;
    group!(name = format!("{name}{}", num(1)) => { spawn! { seen.lock().push(3); } })?;
    group!(g => { spawn!(g => { seen.lock().push(4); Ok(()) }); })?;
    group!(g, max_concurrency = 2, name = name.to_owned(), error = std::num::ParseIntError => {
        spawn!(g => { seen.lock().push("5".parse()?); Ok(()) });
    })
    .map_err(|e| e.to_string())?;
    let n = group!(error = ! => { spawn! { 6 }.join() });
    seen.lock().push(n);
    Ok(seen.into_inner())
}

#[test]
fn every_option() {
    assert_eq!(suspends(2, || options(1, "x")), Ok(vec![1, 2, 3, 4, 5, 6]));
}

#[vthread]
fn nested_errors(kind: u32) -> Result<u32, String> {
    begin().await;
    let outer = Mutex::new(0);
    let inner: Result<u32, std::num::ParseIntError> = group!(error = std::num::ParseIntError => {
        let parsed = spawn! { give("x").parse::<u32>()? };
        parsed.join()
    });
    let sum = group! {
        spawn! {
            let nested: Result<(), String> = group! {
                spawn! {
                    if num(kind) == 1 {
                        Err(give("inner".to_owned()))?;
                    }
                }
            };
            match nested {
                Err(_) if kind == 2 => {}
                other => other?,
            }
            *outer.lock() += 1;
        }
        if kind == 3 {
            return Err("body".into());
        }
        inner.clone().unwrap_or(5)
    }?;
    if inner.is_ok() || kind == 4 {
        Err("end".into())
    } else {
        Ok(sum + outer.into_inner())
    }
}

#[test]
fn errors_of_nested_groups() {
    assert_eq!(suspends(0, || nested_errors(0)), Ok(6));
    assert_eq!(suspends(0, || nested_errors(1)), Err("inner".into()));
    assert_eq!(suspends(0, || nested_errors(3)), Err("body".into()));
    assert_eq!(suspends(0, || nested_errors(4)), Err("end".into()));
}

#[vthread]
fn deep(n: u32) -> u32 {
    group! {
        let a = spawn! {
            group! {
                let b = spawn! {
                    group! {
                        let c = spawn! { num(n) + child_of(n) };
                        c.join() + num(1)
                    }
                };
                b.join() + num(1)
            }
        };
        a.join() + num(1)
    }
}

#[test]
fn groups_in_children_in_groups() {
    assert_eq!(deep(5), 13);
}

#[vthread]
fn jumps() -> Vec<u32> {
    begin().await;
    let out = Mutex::new(vec![]);
    let value = 'outer: loop {
        for n in 0..num(9) {
            group! {
                spawn! { out.lock().push(num(n)); }
                match num(n) {
                    0 => continue,
                    1 => {}
                    2 => break,
                    _ => break 'outer n,
                }
            }
            out.lock().push(50);
        }
        let last = 'block: {
            group! {
                let task = spawn! { num(60) };
                if num(1) == 1 {
                    break 'block task.join();
                }
            }
            0
        };
        group! {
            group! {
                if last == 60 {
                    break 'outer num(last);
                }
            }
        }
    };
    out.lock().push(value);
    out.into_inner()
}

#[test]
fn jumps_out_of_bodies() {
    assert_eq!(suspends(1 + 3 + 1 + 1, jumps), [0, 1, 50, 2, 60]);
}

struct Service {
    n: Mutex<u32>,
}

#[vthread]
impl Service {
    fn run(&self, times: u32) -> Result<u32, String> {
        group! {
            for i in 0..times {
                spawn! { self.add(i); }
            }
            spawn! { Self::check(times)? };
        }?;
        Ok(*self.n.lock())
    }
    fn add(&self, n: u32) {
        pause();
        *self.n.lock() += n;
    }
    fn check(times: u32) -> Result<(), String> {
        pause();
        if times > 5 {
            Err(format!("{times}"))
        } else {
            Ok(())
        }
    }
    fn consume(self) -> u32 {
        group! {
            let task = spawn! {
                self.add(1);
                *self.n.lock()
            };
            task.join()
        }
    }
    fn mutate(&mut self) -> u32 {
        group! {
            spawn! { *self.n.get_mut() += num(1); }
        }
        *self.n.get_mut()
    }
}

#[vthread]
trait Runs: Sized {
    fn one(&self, n: u32) -> u32;
    fn all(&self, n: u32) -> u32;
}

#[vthread]
impl Runs for Service {
    fn one(&self, n: u32) -> u32 {
        pause();
        n
    }
    fn all(&self, n: u32) -> u32 {
        group! {
            let tasks: Vec<Task<u32>> = (0..n).map(|i| spawn! { self.one(i) }).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.join();
            }
            sum
        }
    }
}

#[test]
fn groups_in_methods() {
    let mut service = Service { n: Mutex::new(0) };
    assert_eq!(service.run(4).block(), Ok(6));
    assert_eq!(service.run(6).block(), Err("6".into()));
    assert_eq!(service.all(4).block(), 6);
    service.n = Mutex::new(1);
    assert_eq!(service.mutate().block(), 2);
    assert_eq!(service.consume().block(), 3);
}

#[vthread]
fn helper<'scope, E: Send + 'scope>(g: &Group<'scope, E>, n: &'scope Mutex<u32>, times: u32) {
    for i in 0..times {
        spawn!(g => {
            *n.lock() += num(i);
            Ok(())
        });
    }
}

#[vthread]
fn generic_helper() -> Result<u32, String> {
    let n = Mutex::new(0);
    group!(g => {
        helper(g, &n, 3);
        spawn! { helper(g, &n, 2); };
    })?;
    Ok(n.into_inner())
}

#[vthread]
fn generic_children<T, F>(items: &[T], f: F) -> Vec<String>
where
    T: Sync + std::fmt::Debug,
    F: Fn(&T) -> u32 + Sync,
{
    group! {
        let tasks: Vec<_> = items.iter().map(|item| spawn! { format!("{item:?}{}", num(f(item))) }).collect();
        tasks.into_iter().map(|task| task.join()).collect()
    }
}

#[test]
fn generic_functions_with_groups() {
    assert_eq!(generic_helper(), Ok(4));
    assert_eq!(
        generic_children(&["a", "b"], |s| s.len() as u32),
        ["\"a\"1", "\"b\"1"]
    );
}

/// Children that cannot fail, by a handle whose type says only its scope.
#[vthread]
fn infallible_helper<'scope>(g: &Group<'scope>, sum: &'scope Mutex<u32>, n: u32) {
    spawn!(g => { *sum.lock() += num(n); });
}

#[test]
fn t12_the_handle_of_a_group_that_cannot_fail_has_a_name() {
    let sum = Mutex::new(0);
    group!(g => {
        infallible_helper(g, &sum, 3);
        let same: &Group<'_, vthread::NoError> = g;
        infallible_helper(same, &sum, 4);
    });
    assert_eq!(sum.into_inner(), 7);
}
