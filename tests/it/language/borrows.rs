//! Borrows and moves: two-phase borrows, reborrows, disjoint fields, moves in and out.

use super::proof::{begin, give, num, pause, suspends};
use std::collections::{BTreeMap, HashMap};
use vthread::prelude::*;

#[vthread]
fn two_phase() -> Vec<usize> {
    begin().await;
    let mut v = vec![1_usize, 2];
    v.push(v.len());
    v.insert(0, v.len());
    v.truncate(v.len() - 1);
    v.resize(v.len() + 1, v.len());
    let last = v.len() - 1;
    v.swap(0, last);
    v.extend_from_within(..v.len() - 3);
    v.push(give(v.len()));
    v
}

#[test]
fn two_phase_borrows() {
    assert_eq!(suspends(1, two_phase), [3, 1, 2, 3, 3, 5]);
}

struct Stack(Vec<u32>);

#[vthread]
impl Stack {
    fn add(&mut self, n: u32) -> u32 {
        pause();
        self.0.push(n);
        n
    }
    fn top(&self) -> u32 {
        self.0.last().copied().unwrap_or_default()
    }
    #[plain]
    fn size(&self) -> u32 {
        self.0.len() as u32
    }
    fn slot(&mut self) -> &mut u32 {
        pause();
        self.0.last_mut().unwrap()
    }
}

#[vthread]
fn two_phase_suspending() -> Vec<u32> {
    begin().await;
    let mut stack = Stack(vec![]);
    stack.add(stack.size());
    stack.add(stack.top() + num(1));
    *stack.slot() += stack.size() * 10;
    let again = &mut stack;
    again.add(again.size());
    stack.0
}

#[test]
fn two_phase_borrows_of_suspending_methods() {
    // The right side of a compound assignment of integers is evaluated first.
    assert_eq!(suspends(5, two_phase_suspending), [0, 21, 2]);
}

struct Parts {
    left: Vec<u32>,
    right: Vec<u32>,
    n: u32,
}

#[vthread]
fn push_to(all: &mut Vec<u32>, n: &u32) {
    pause();
    all.push(*n);
}

#[vthread]
fn disjoint() -> (Vec<u32>, Vec<u32>) {
    begin().await;
    let mut parts = Parts {
        left: vec![],
        right: vec![7],
        n: 3,
    };
    push_to(&mut parts.left, &parts.n);
    let left = &mut parts.left;
    push_to(&mut parts.right, &parts.n);
    push_to(left, &parts.right[num(0) as usize]);
    push_to(&mut *left, &parts.n);
    left.push(num(9));
    let Parts { left, right, .. } = parts;
    (left, right)
}

#[test]
fn disjoint_fields() {
    assert_eq!(suspends(6, disjoint), (vec![3, 7, 3, 9], vec![7, 3]));
}

#[vthread]
fn moves() -> String {
    begin().await;
    let text = String::from("a");
    let text = give(text);
    let pair = (give(text), String::from("b"));
    let (first, second);
    first = pair.0;
    second = give(pair.1);
    let later: String;
    if num(1) == 1 {
        later = first + &second;
    } else {
        later = second;
    }
    let mut holder = Some(later);
    let taken = give(holder.take()).unwrap();
    holder = Some(taken + "!");
    holder.unwrap()
}

#[test]
fn moves_and_late_initialisation() {
    assert_eq!(suspends(5, moves), "ab!");
}

#[vthread]
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    pause();
    if a.len() >= b.len() { a } else { b }
}

#[vthread]
fn lends() -> usize {
    begin().await;
    let outer = String::from("long one");
    let best;
    {
        let inner = String::from("short");
        best = longest(&outer, give(&inner)).len();
    }
    let mut text = String::from("x");
    let borrowed = &mut text;
    give(&mut *borrowed).push('y');
    borrowed.push_str(longest("z", "zz"));
    best + text.len()
}

#[test]
fn borrows_end_where_they_end_in_plain_code() {
    assert_eq!(suspends(4, lends), 8 + 4);
}

#[vthread]
fn entries() -> Vec<(&'static str, u32)> {
    begin().await;
    let mut map: BTreeMap<&str, u32> = BTreeMap::new();
    *map.entry(give("a")).or_insert(num(1)) += 1;
    *map.entry("b").or_default() += 5;
    map.entry("a").and_modify(|n| *n *= 10);
    if let Some(n) = map.get_mut("b") {
        *n += 1;
    }
    let n = num(3);
    map.insert("c", n);
    let mut other: HashMap<u32, Vec<u32>> = HashMap::new();
    other.entry(num(1)).or_default().push(num(4));
    map.insert("d", other[&1][0]);
    map.into_iter().collect()
}

#[test]
fn entries_of_maps() {
    let expected = [("a", 20), ("b", 6), ("c", 3), ("d", 4)];
    assert_eq!(suspends(5, entries), expected);
}

#[vthread]
fn iterates_and_changes() -> Vec<u32> {
    begin().await;
    let mut v = vec![1, 2, 3];
    for n in &mut v {
        *n += num(10);
    }
    for n in v.iter_mut().rev() {
        *n = num(*n) * 2;
    }
    let [first, .., last] = &mut v[..] else {
        unreachable!()
    };
    std::mem::swap(give(first), last);
    let (a, b) = v.split_at_mut(1);
    a[0] += num(b[0]);
    v.retain(|n| *n != 24);
    v
}

#[test]
fn mutable_iteration() {
    assert_eq!(suspends(8, iterates_and_changes), [50, 22]);
}
