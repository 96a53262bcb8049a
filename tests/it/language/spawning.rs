//! `spawn!` in every position, with every option and every way to capture.

use super::proof::{give, num, pause};
use std::collections::BTreeMap;
use std::sync::Arc;
use vthread::Task;
use vthread::prelude::*;
use vthread::sync::Mutex;

struct Job<'a> {
    name: &'a str,
    task: Task<u32>,
}

#[vthread]
#[rustfmt::skip]
#[allow(unused_braces, clippy::all)]
fn positions() -> Vec<u32> {
    group! {
        let mut out = vec![];
        let a = spawn! { num(1) };
        let b: Task<u32> = spawn!({ num(2) });
        let (c, d) = (spawn! { num(3) }, spawn![{ num(4) }]);
        let [e, f] = [spawn! { num(5) }, spawn! { num(6) }];
        let job = Job { name: "j", task: spawn! { num(7) } };
        let g = Some(spawn! { num(8) });
        let h = if num(1) == 1 { spawn! { num(9) } } else { spawn! { 0 } };
        let i = match num(1) { 1 => spawn! { num(10) }, _ => spawn! { 0 } };
        let j = { pause(); spawn! { num(11) } };
        let k = 'k: { break 'k spawn! { num(12) } };
        let l = loop { break spawn! { num(13) } };
        let mut m = BTreeMap::from([(1, spawn! { num(14) })]);
        m.insert(2, spawn! { num(15) });
        let n = Box::new(spawn! { num(16) });
        let o = keep(spawn! { num(17) });
        let p; p = spawn! { num(18) };
        let q = |n| spawn! { num(n) };
        let r = spawn! { spawn! { num(20) }.join() };
        let Some(s) = Some(spawn! { num(21) }) else { unreachable!() };
        out.push(spawn! { num(0) }.join());
        out.push((spawn! { num(22) }).join() + { spawn! { num(1) } }.join());
        out.push(*&spawn! { num(24) }.join());
        for t in [a, b, c, d, e, f, job.task, g.unwrap(), h, i, j, k, l] { out.push(t.join()) }
        for (_, t) in m { out.push(t.join()) }
        for t in [*n, o, p, q(19), r, s] { out.push(t.join()) }
        let _ = spawn! { num(0) };
        _ = spawn! { num(0) };
        spawn! { num(0) };
        spawn! { num(0); }
        spawn! {};
        if num(1) == 1 { spawn! { num(0) } } else { spawn! { num(0) }; }
        match num(1) { 1 => { spawn! { num(0) } } _ => {} }
        drop(spawn! { num(0) });
        out.push(job.name.len() as u32);
        out
    }
}

fn keep<T>(value: T) -> T {
    value
}

#[test]
fn every_position() {
    let expected = [0, 23, 24]
        .into_iter()
        .chain(1..=21)
        .chain([1])
        .collect::<Vec<_>>();
    assert_eq!(positions(), expected);
}

#[vthread]
fn options() -> Result<u32, String> {
    let total = Mutex::new(0);
    let text = String::from("moved");
    let name = "named";
    group!(g => {
        spawn!(move => { g_total(&text).len() });
        spawn!(name = "literal" => { *total.lock() += num(1); });
        spawn!(name = format!("{name} {}", num(1)) => { *total.lock() += num(2); });
        spawn!(service => { loop { pause(); } });
        spawn!(g => { *total.lock() += num(4); Ok(()) });
        spawn!(g, name = name => { *total.lock() += num(8); Ok(()) });
        spawn!(service, name = "service" => { pause(); });
        let n = 16;
        let task = spawn!(move, name = "both" => { num(n) });
        *total.lock() += task.join();
    })?;
    Ok(total.into_inner())
}

fn g_total(text: &str) -> &str {
    text
}

#[test]
fn every_option() {
    assert_eq!(options(), Ok(31));
}

#[derive(Default)]
struct State {
    left: Vec<u32>,
    right: Vec<u32>,
    n: u32,
}

#[vthread]
fn captures() -> (State, u32, String) {
    let mut state = State::default();
    let mut count = 0;
    let text = String::from("owned");
    let shared = Arc::new(Mutex::new(0));
    let consumed = String::from("consumed");
    let text_length = group! {
        // Two children change different fields; a third reads one that stays unchanged.
        spawn! { state.left.push(num(1)); }
        spawn! { state.right.extend([num(2), give(text.len() as u32)]); }
        spawn! { *shared.lock() += state.n; }
        spawn! { count += num(5); }
        let length = spawn! { drop(consumed); num(8) };
        for _ in 0..2 {
            let shared = Arc::clone(&shared);
            spawn! { *shared.lock() += num(1); }
        }
        for (index, word) in text.split('n').enumerate() {
            spawn! { pause(); *shared.lock() += index as u32 + word.len() as u32; }
        }
        if let Some(first) = text.chars().next() && let last = text.len() {
            spawn! { *shared.lock() += first.len_utf8() as u32 + last as u32; }
        }
        length.join()
    };
    state.n = *shared.lock() + text_length;
    (state, count, text)
}

#[test]
fn captures_of_every_kind() {
    let (state, count, text) = captures();
    assert_eq!((state.left, state.right, count), (vec![1], vec![2, 5], 5));
    assert_eq!(text, "owned");
    // Two ones, the indices and words of "ow" and "ed", the first letter and the length.
    assert_eq!(state.n, 2 + (2 + 1 + 2) + 6 + 8);
}

#[vthread]
fn names_in_strings(urls: &[&str]) -> Vec<String> {
    let out = Mutex::new(vec![]);
    let width = 4;
    group! {
        for (i, url) in urls.iter().enumerate() {
            let precise = 1.25;
            spawn! {
                pause();
                out.lock().push(format!("{url:>width$}{i}{precise:.1}{{url}}"));
            }
        }
    }
    let mut out = out.into_inner();
    out.sort();
    out
}

#[test]
fn names_in_format_strings_are_captured() {
    assert_eq!(
        names_in_strings(&["a", "b"]),
        ["   a01.2{url}", "   b11.2{url}"]
    );
}

#[vthread]
fn values() -> Result<(u32, String, Option<u32>, Vec<u32>), String> {
    group! {
        let a = spawn! { Ok(num(1)) };
        let b = spawn! { give(String::from("s")) };
        let c = spawn! { Some(num(3)) };
        let d = spawn! { (0..3).map(|n| n * 2).collect::<Vec<u32>>() };
        let e = spawn! {
            let n: u32 = give("4").parse().map_err(|_| "bad".to_owned())?;
            n
        };
        let f = spawn! { match num(1) { 1 => Ok(5), _ => Err("never".to_owned()) } };
        let g = spawn! { if num(1) == 1 { return Ok(6); } 7 };
        let h = spawn! { give(Ok::<u32, String>(8)) };
        let i = spawn! { Ok(give(Err::<u32, u8>(9))) };
        let sum = a.join() + e.join() + f.join() + g.join() + h.join();
        let ignored = i.join();
        (sum + ignored.unwrap_err() as u32, b.join(), c.join(), d.join())
    }
}

#[test]
fn values_of_every_kind() {
    let expected = (1 + 4 + 5 + 6 + 8 + 9, "s".into(), Some(3), vec![0, 2, 4]);
    assert_eq!(values(), Ok(expected));
}

#[vthread]
fn recursive_children(n: u32) -> u64 {
    if n < 2 {
        return num(n) as u64;
    }
    group! {
        let left = spawn! { recursive_children(n - 1) };
        let right = recursive_children(n - 2);
        left.join() + right
    }
}

#[test]
fn children_that_spawn() {
    assert_eq!(recursive_children(10), 55);
}

/// The group's value is unused, so the tasks of its tail need not agree.
#[vthread]
fn in_arms_of_a_tail(n: u32, out: &Mutex<Vec<u32>>) {
    group! {
        match n {
            0 => spawn! { out.lock().push(1); 1 },
            1 => spawn! { out.lock().push(2); "two" },
            _ => spawn! { out.lock().push(3) },
        }
    }
}

#[vthread]
fn in_arms_of_a_tried_tail(n: u32, out: &Mutex<Vec<u32>>) -> Result<u32, String> {
    group! {
        if n == 0 {
            spawn! { out.lock().push(4); 1 }
        } else {
            spawn! { out.lock().push(5); "five" }
        }
    }?;
    let used = group! {
        if n == 0 { spawn! { 10 } } else { spawn! { 20 } }
    }?;
    Ok(used.join())
}

#[test]
fn tasks_in_the_arms_of_a_tail() {
    let out = Mutex::new(Vec::new());
    (0..3).for_each(|n| in_arms_of_a_tail(n, &out));
    assert_eq!(in_arms_of_a_tried_tail(0, &out), Ok(10));
    assert_eq!(in_arms_of_a_tried_tail(1, &out), Ok(20));
    assert_eq!(out.into_inner(), [1, 2, 3, 4, 5]);
}
