//! Captures of a child: names bound inside the group move, names from outside are captured as by a
//! closure.

use super::fetching::{Error, fetch, names, sorted};
use std::collections::HashMap;
use vthread::prelude::*;
use vthread::sync::Mutex;
use vthread::yield_now;

#[vthread]
fn loop_index() -> Vec<usize> {
    let out = Mutex::new(Vec::new());
    group! {
        for i in 0..4 {
            let square = i * i;
            spawn! {
                yield_now();
                out.lock().push(i + square);
            }
        }
    }
    sorted(out.into_inner())
}

#[vthread]
fn chunks(all: &mut [u32]) {
    group! {
        for (i, chunk) in all.chunks_mut(3).enumerate() {
            spawn! {
                yield_now();
                chunk.fill(i as u32);
            }
        }
    }
    all[0] += 100;
}

#[vthread]
fn one_child_may_mutate() -> (String, usize) {
    let mut text = String::from("a");
    let mut count = 0;
    group! {
        spawn! {
            yield_now();
            text.push('b');
        }
        spawn! {
            for _ in 0..3 {
                yield_now();
                count += 1;
            }
        }
    }
    text.push('c');
    (text, count)
}

#[vthread]
fn mutable_inside() -> Vec<Vec<u32>> {
    let out = Mutex::new(Vec::new());
    group! {
        for i in 0..3 {
            let mut buffer = Vec::with_capacity(4);
            spawn! {
                for k in 0..i {
                    yield_now();
                    buffer.push(k);
                }
                out.lock().push(buffer);
            }
        }
    }
    sorted(out.into_inner())
}

#[vthread]
fn moved_whole() -> (usize, u32) {
    let data = String::from("abc");
    let mut n = 5;
    let length = group! {
        let task = spawn!(move => {
            yield_now();
            n += 1;
            data.len() + n as usize
        });
        task.join()
    };
    n += 1;
    (length, n)
}

#[vthread]
fn consumed() -> usize {
    let data = vec![1, 2, 3];
    let name = String::from("x");
    group! {
        let first = spawn! {
            drop(data);
            1
        };
        let second = spawn! { name.len() };
        first.join() + second.join() + name.len()
    }
}

#[test]
fn moves_and_borrows() {
    assert_eq!(loop_index(), [0, 2, 6, 12]);
    let mut all = vec![9; 7];
    chunks(&mut all);
    assert_eq!(all, [100, 0, 0, 1, 1, 1, 2]);
    assert_eq!(one_child_may_mutate(), ("abc".into(), 3));
    assert_eq!(mutable_inside(), [vec![], vec![0], vec![0, 1]]);
    assert_eq!(moved_whole(), (9, 6));
    assert_eq!(consumed(), 3);
}

#[vthread]
fn in_format_strings(names: Vec<String>) -> Vec<String> {
    let out = Mutex::new(Vec::new());
    group! {
        for (i, name) in names.into_iter().enumerate() {
            let width = 6;
            let extra = name.len();
            spawn! {
                yield_now();
                let text = format!("{i}:{name:>width$}{{x}}{}{y}", extra, y = 1);
                out.lock().push(text);
            }
        }
    }
    sorted(out.into_inner())
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    len: usize,
    id: u32,
}

#[vthread]
fn in_structures() -> Vec<Part> {
    let out = Mutex::new(Vec::new());
    group! {
        for id in 0..2 {
            let len = 3 + id as usize;
            let tag = String::from("t");
            spawn! {
                let part = Part { len: len + tag.len(), id };
                out.lock().push(Part { len: part.len, ..part });
            }
        }
    }
    sorted(out.into_inner())
}

#[vthread]
fn shadowed() -> usize {
    let total = Mutex::new(0);
    group! {
        let item = String::from("keep");
        for k in 0..2 {
            spawn! {
                let item = [k; 3];
                *total.lock() += item.len();
            }
        }
        *total.lock() += item.len();
        let q = String::from("qq");
        spawn! {
            let length = |q: &str| q.len();
            *total.lock() += length("z");
        }
        *total.lock() += q.len();
    }
    total.into_inner()
}

#[vthread]
fn in_closures(words: Vec<String>) -> Vec<usize> {
    let out = Mutex::new(Vec::new());
    group! {
        for word in words {
            let k = 2;
            spawn! {
                yield_now();
                let keep = |c: char| c.is_alphabetic() && word.len() > k;
                let n = word.chars().filter(|c| keep(*c)).count();
                out.lock().push(n);
            }
        }
    }
    sorted(out.into_inner())
}

#[vthread]
fn raw_identifiers() -> u32 {
    let r#fn = 3;
    let total = Mutex::new(0);
    group! {
        for r#if in 0..2 {
            spawn! {
                *total.lock() += r#if + r#fn;
            }
        }
    }
    total.into_inner()
}

#[test]
fn names_are_found_wherever_they_stand() {
    assert_eq!(
        in_format_strings(vec!["a".into(), "bb".into()]),
        ["0:     a{x}11", "1:    bb{x}21"]
    );
    assert_eq!(
        in_structures(),
        [Part { len: 4, id: 0 }, Part { len: 5, id: 1 }]
    );
    assert_eq!(shadowed(), 3 + 3 + 4 + 1 + 2);
    assert_eq!(
        in_closures(vec!["ab1".into(), "xyz".into(), "q".into()]),
        [0, 2, 3]
    );
    assert_eq!(raw_identifiers(), 7);
}

struct Server {
    connections: Vec<u32>,
    stats: HashMap<String, u32>,
    name: String,
}

#[vthread]
impl Server {
    fn tick(&mut self) -> u32 {
        let n = group! {
            spawn! {
                yield_now();
                for connection in &mut self.connections {
                    *connection += 1;
                }
            }
            spawn! {
                yield_now();
                self.stats.insert(self.name.clone(), 1);
            }
            self.name.len() as u32
        };
        n + self.connections.iter().sum::<u32>()
    }
}

#[test]
fn children_share_the_fields_of_self() {
    let mut server = Server {
        connections: vec![1, 2, 3],
        stats: HashMap::new(),
        name: "s".into(),
    };
    assert_eq!(server.tick().block(), 10);
    assert_eq!(server.stats["s"], 1);
}

enum Job {
    Fetch(String),
    Add(u32, u32),
    Pair { left: u32, right: u32 },
    Stop,
}

#[vthread]
fn match_arms(jobs: Vec<Job>) -> Result<Vec<String>, Error> {
    let log = Mutex::new(Vec::new());
    group! {
        for job in jobs {
            match job {
                Job::Fetch(url) => spawn! {
                    let body = fetch(&url)?;
                    log.lock().push(body);
                },
                Job::Add(a, b) => {
                    spawn! {
                        yield_now();
                        log.lock().push(format!("{}", a + b));
                    };
                }
                Job::Pair { left, right: r @ 1.. } => {
                    spawn! { log.lock().push(format!("{left}-{r:>3}")); }
                }
                Job::Pair { .. } | Job::Stop => break,
            }
        }
    }?;
    Ok(sorted(log.into_inner()))
}

#[vthread]
fn while_let(mut stack: Vec<Option<String>>) -> Result<usize, Error> {
    let n = Mutex::new(0);
    group! {
        while let Some(top) = stack.pop() {
            if let Some(url) = top
                && url.len() > 1
            {
                spawn! { *n.lock() += fetch(&url)?.len(); }
            } else {
                spawn! { *n.lock() += 1000; }
            }
        }
    }?;
    Ok(n.into_inner())
}

#[test]
fn names_bound_by_patterns_move() {
    let jobs = vec![
        Job::Fetch("a".into()),
        Job::Add(1, 2),
        Job::Pair { left: 4, right: 5 },
        Job::Stop,
        Job::Add(9, 9),
    ];
    assert_eq!(match_arms(jobs).unwrap(), ["3", "4-  5", "<a>"]);
    let stack = vec![Some("ab".into()), None, Some("x".into())];
    assert_eq!(while_let(stack), Ok(2004));
    assert_eq!(names(1), ["u0"]);
}

#[vthread]
fn changed_copies() -> u32 {
    let outside = Mutex::new(Vec::new());
    group! {
        let mut total = 1_u8;
        total += 2;
        // It is not read afterwards.
        let task = spawn! { total += 1; u32::from(total) };
        for mut i in 0..3 {
            spawn! {
                i += 1;
                outside.lock().push(i);
            }
        }
        let mut n = 4;
        // The child asks for a copy.
        spawn! {
            let mut n = n;
            n += 1;
            outside.lock().push(n);
        }
        n += 1;
        // The children of an inner group borrow from the surrounding body.
        let mut inner = 1;
        group! { spawn! { inner += 1; outside.lock().push(inner); } }
        let mut total = task.join();
        total += n;
        total + inner
    }
}

#[test]
fn copies_that_a_child_may_change() {
    assert_eq!(changed_copies(), 4 + 5 + 2);
}
