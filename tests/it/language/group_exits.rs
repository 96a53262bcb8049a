//! Ways out of a group's body: after `return`, `break` and `continue`, labelled or not, the
//! children are joined first, then control goes to the target. `return` in a child ends the child.

use super::fetching::{Error, fetch, names, sorted};
use std::ops::ControlFlow;
use vthread::prelude::*;
use vthread::sync::Mutex;
use vthread::yield_now;

#[vthread]
fn break_with_value() -> u32 {
    let mut n = 0;
    let seen = Mutex::new(0);
    let result = loop {
        n += 1;
        group! {
            spawn! {
                yield_now();
                *seen.lock() += 1;
            }
            if n == 3 {
                break n * 10;
            }
            if n == 1 {
                continue;
            }
        }
    };
    result + seen.into_inner()
}

#[vthread]
fn labelled(rows: &[Vec<i32>]) -> Option<(usize, i32)> {
    let hits = Mutex::new(0);
    'outer: {
        for (i, row) in rows.iter().enumerate() {
            for x in row {
                group! {
                    spawn! {
                        yield_now();
                        *hits.lock() += 1;
                    }
                    if *x < 0 {
                        break 'outer Some((i, *x));
                    }
                    if *x == 0 {
                        break;
                    }
                }
            }
        }
        None
    }
}

#[vthread]
fn through_two_groups() -> Vec<u32> {
    let out = Mutex::new(Vec::new());
    'rows: for i in 0..4 {
        group! {
            for j in 0..3 {
                if j == 1 && i == 2 {
                    continue 'rows;
                }
                group! {
                    spawn! {
                        yield_now();
                        out.lock().push(i * 10 + j);
                    }
                    if i == 3 {
                        break 'rows;
                    }
                }
            }
        }
    }
    sorted(out.into_inner())
}

#[vthread]
fn return_from_match(x: Option<Result<u32, String>>) -> Result<String, Error> {
    let done = Mutex::new(false);
    group! {
        spawn! {
            yield_now();
            *done.lock() = true;
        }
        match x {
            Some(Ok(n)) if n > 5 => return Ok(format!("big {n}")),
            Some(Ok(0)) => return Err("zero".into()),
            Some(Err(e)) => return Ok(e),
            Some(Ok(_)) | None => {}
        }
    }?;
    Ok("end".into())
}

#[test]
fn out_of_a_body() {
    assert_eq!(break_with_value(), 33);
    assert_eq!(labelled(&[vec![1, 0, -9], vec![2, -3]]), Some((1, -3)));
    assert_eq!(labelled(&[vec![1]]), None);
    assert_eq!(through_two_groups(), [0, 1, 2, 10, 11, 12, 20, 30]);
    assert_eq!(return_from_match(Some(Ok(7))).unwrap(), "big 7");
    assert_eq!(return_from_match(Some(Ok(0))), Err(Error("zero".into())));
    assert_eq!(return_from_match(Some(Err("e".into()))).unwrap(), "e");
    assert_eq!(return_from_match(None).unwrap(), "end");
}

#[vthread]
fn child_returns(urls: &[String]) -> Result<Vec<usize>, Error> {
    group! {
        let tasks: Vec<_> = urls
            .iter()
            .map(|url| spawn! {
                if url == "u1" {
                    return Ok(100);
                }
                if url == "bad2" {
                    return Err("two".into());
                }
                let body = fetch(url)?;
                body.len()
            })
            .collect();
        let mut lengths = vec![];
        for task in tasks {
            lengths.push(task.join())
        }
        lengths
    }
}

#[vthread]
fn child_returns_early(items: &[Option<u32>]) -> u32 {
    let sum = Mutex::new(0);
    group! {
        for item in items {
            spawn! {
                let Some(n) = item else { return };
                yield_now();
                *sum.lock() += n;
            }
        }
    }
    sum.into_inner()
}

#[test]
fn return_ends_a_child() {
    assert_eq!(child_returns(&names(2)), Ok(vec![4, 100]));
    assert_eq!(child_returns(&["bad2".into()]), Err(Error("two".into())));
    assert_eq!(child_returns_early(&[Some(1), None, Some(4)]), 5);
}

#[vthread]
fn question_mark_on_options(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    let sum = group! {
        let task = spawn! { a };
        let b = b?;
        task.join()? + b
    };
    Some(sum + 1)
}

#[vthread]
fn question_mark_on_control_flow(n: Option<u32>) -> ControlFlow<u32, u32> {
    let value = group! {
        let task = spawn! { 1 };
        if let Some(n) = n {
            ControlFlow::Break(n)?;
        }
        task.join()
    };
    ControlFlow::Continue(value)
}

#[test]
fn the_functions_own_question_mark() {
    assert_eq!(question_mark_on_options(Some(1), Some(2)), Some(4));
    assert_eq!(question_mark_on_options(Some(1), None), None);
    assert_eq!(
        question_mark_on_control_flow(None),
        ControlFlow::Continue(1)
    );
    assert_eq!(
        question_mark_on_control_flow(Some(4)),
        ControlFlow::Break(4)
    );
}

#[vthread]
fn in_conditions() -> u32 {
    let mut round = 0;
    while group! {
        let task = spawn! { round < 3 };
        task.join()
    } {
        round += 1;
    }
    if group! { spawn! { yield_now(); } true } {
        round
    } else {
        0
    }
}

#[test]
fn a_group_is_an_expression() {
    assert_eq!(in_conditions(), 3);
}

#[vthread]
fn retries(mut urls: Vec<String>) -> Result<usize, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        let result = group! {
            for url in &urls {
                spawn! { fetch(url)?; }
            }
        };
        match result {
            Ok(()) => return Ok(tries),
            Err(_) if tries < 3 => urls.retain(|url| !url.starts_with("bad")),
            Err(e) => return Err(e),
        }
    }
}

#[test]
fn a_groups_error_is_a_value() {
    assert_eq!(retries(vec!["a".into(), "bad".into()]), Ok(2));
}
