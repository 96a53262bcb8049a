//! Values of a group and of a child: what their tails mean.

use super::fetching::{Error, fetch, names};
use std::collections::{BTreeMap, HashMap};
use vthread::prelude::*;
use vthread::yield_now;
use vthread::{Task, sync::Mutex};

#[vthread]
fn check(n: u32) -> Result<u32, Error> {
    yield_now();
    if n > 3 { Err("big".into()) } else { Ok(n) }
}

#[vthread]
fn result_as_tail(n: u32) -> Result<u32, Error> {
    group! {
        spawn! { yield_now(); }
        check(n)
    }
}

#[vthread]
fn value_as_tail(n: u32) -> Result<u32, Error> {
    group! {
        spawn! { yield_now(); }
        check(n)? + 1
    }
}

#[vthread]
fn group_as_tail(n: u32) -> Result<u32, Error> {
    group! {
        group! {
            let task = spawn! { check(n) };
            task.join()
        }
    }
}

#[vthread]
fn group_as_tail_of_a_child(n: u32) -> Result<u32, Error> {
    group! {
        spawn! {
            group! {
                spawn! { check(n)?; }
            }
        }
        Ok(1)
    }
}

#[vthread]
fn collected(n: u32) -> Result<Vec<u32>, Error> {
    group! {
        let tasks: Vec<_> = (0..n).map(|i| spawn! { check(i) }).collect();
        tasks.into_iter().map(|task| task.join()).collect()
    }
}

#[test]
fn bodies() {
    assert_eq!(result_as_tail(1), Ok(1));
    assert!(result_as_tail(5).is_err());
    assert_eq!(value_as_tail(1), Ok(2));
    assert_eq!(group_as_tail(2), Ok(2));
    assert!(group_as_tail(9).is_err());
    assert_eq!(group_as_tail_of_a_child(1), Ok(1));
    assert!(group_as_tail_of_a_child(9).is_err());
    assert_eq!(collected(3), Ok(vec![0, 1, 2]));
    assert!(collected(6).is_err());
}

#[vthread]
fn written_results(k: u32) -> Result<u32, Error> {
    group! {
        let a = spawn! {
            yield_now();
            Ok(k)
        };
        let b = spawn! {
            if k == 9 {
                Err(std::io::Error::other("nine"))
            } else if k == 8 {
                Err("eight".into())
            } else {
                Ok(k + 1)
            }
        };
        let c = spawn! {
            match k {
                7 => Err(Error("seven".into())),
                _ => {
                    let body = fetch("q")?;
                    Ok(body.len() as u32)
                }
            }
        };
        a.join() + b.join() + c.join()
    }
}

#[vthread]
fn written_in_a_body(k: u32) -> Result<u32, Error> {
    group! {
        spawn! { yield_now(); }
        if k > 3 { Err("big".into()) } else { Ok(k) }
    }
}

#[test]
fn ok_and_err_at_the_leaves() {
    assert_eq!(written_results(1), Ok(6));
    assert_eq!(written_results(9), Err(Error("nine".into())));
    assert_eq!(written_results(8), Err(Error("eight".into())));
    assert_eq!(written_results(7), Err(Error("seven".into())));
    assert_eq!(written_in_a_body(1), Ok(1));
    assert_eq!(written_in_a_body(4), Err(Error("big".into())));
}

#[vthread]
fn inferred(numbers: &[u32]) -> Result<u32, Error> {
    group! {
        let sum = spawn! { numbers.iter().sum::<u32>() };
        let parsed = spawn! { "5".parse()? };
        let parsed: u32 = parsed.join();
        let more: Task<Vec<u32>> = spawn! { numbers.iter().map(|n| n + 1).collect() };
        sum.join() + parsed + more.join().len() as u32
    }
}

#[vthread]
fn endless(n: u32) -> Result<u32, Error> {
    let count = Mutex::new(0);
    group! {
        loop {
            let mut count = count.lock();
            *count += 1;
            if *count > n {
                Err("end")?;
            }
            drop(count);
            spawn! { yield_now(); }
        }
    }
}

#[test]
fn types_that_come_from_elsewhere() {
    assert_eq!(inferred(&[1, 2]), Ok(10));
    assert_eq!(endless(2), Err(Error("end".into())));
}

#[vthread]
fn borrowed(words: &[String]) -> &str {
    group! {
        let middle = words.len() / 2;
        let left = spawn! {
            yield_now();
            words[..middle].iter().max_by_key(|word| word.len()).unwrap().as_str()
        };
        let right = words[middle..].iter().max_by_key(|word| word.len()).unwrap().as_str();
        let left = left.join();
        if left.len() >= right.len() { left } else { right }
    }
}

#[vthread]
fn opaque(n: u32) -> impl Iterator<Item = u32> {
    let squares = group! {
        let tasks: Vec<_> = (0..n).map(|i| spawn! { i * i }).collect();
        let mut out = vec![];
        for task in tasks {
            out.push(task.join())
        }
        out
    };
    squares.into_iter()
}

#[vthread]
fn mapped<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    group! {
        let mut tasks = vec![];
        for item in items {
            tasks.push(spawn! {
                yield_now();
                f(item)
            });
        }
        tasks.into_iter().map(|task| task.join()).collect()
    }
}

#[test]
fn values_of_children() {
    assert_eq!(borrowed(&["a".into(), "bbb".into(), "cc".into()]), "bbb");
    assert_eq!(opaque(3).collect::<Vec<_>>(), [0, 1, 4]);
    assert_eq!(mapped(&[1, 2, 3], |x| x * 2), [2, 4, 6]);
}

struct Job<'a> {
    name: &'a str,
    task: Task<usize>,
}

#[vthread]
fn in_structures(urls: &[String]) -> Result<usize, Error> {
    group! {
        let mut jobs = Vec::new();
        for name in urls {
            jobs.push(Job { name, task: spawn! { fetch(name)?.len() } });
        }
        let mut n = 0;
        for job in jobs {
            n += job.task.join() + job.name.len();
        }
        n
    }
}

#[vthread]
fn in_maps(urls: &[String]) -> Result<BTreeMap<String, usize>, Error> {
    group! {
        let mut tasks: HashMap<&str, Task<usize>> = HashMap::new();
        for url in urls {
            tasks.insert(url, spawn! { fetch(url)?.len() });
        }
        let mut out = BTreeMap::new();
        for (name, task) in tasks {
            out.insert(name.to_string(), task.join());
        }
        out
    }
}

#[vthread]
fn after_the_group(urls: &[String]) -> Result<usize, Error> {
    let mut tasks = Vec::new();
    let last = group! {
        for url in urls {
            tasks.push(spawn! { fetch(url)?.len() });
        }
        let last = spawn! { fetch("last")?.len() };
        last
    }?;
    let mut n = last.join();
    for task in tasks {
        n += task.join();
    }
    Ok(n)
}

#[test]
fn handles() {
    assert_eq!(in_structures(&names(2)), Ok(12));
    assert_eq!(in_maps(&names(2)).unwrap()["u1"], 4);
    assert_eq!(after_the_group(&names(3)), Ok(18));
}
