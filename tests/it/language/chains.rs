//! Method chains with suspending links.

use super::proof::{begin, give, num, pause, suspends, suspends_and_blocks};
use std::collections::HashMap;
use std::sync::Arc;
use vthread::prelude::*;

#[derive(Clone, Default, Debug)]
struct Query {
    parts: Vec<String>,
    limit: Option<u32>,
}

#[vthread]
impl Query {
    #[plain]
    fn new() -> Self {
        Query::default()
    }
    fn filter_by(mut self, text: impl Into<String>) -> Self {
        pause();
        self.parts.push(text.into());
        self
    }
    #[plain]
    fn limit(mut self, n: u32) -> Self {
        self.limit = Some(n);
        self
    }
    fn rows(&self) -> Vec<String> {
        pause();
        self.parts.clone()
    }
    fn first(&self) -> Option<&String> {
        pause();
        self.parts.first()
    }
    fn attempt(&self, n: u32) -> Result<u32, String> {
        pause();
        n.checked_sub(1).ok_or_else(|| "zero".to_owned())
    }
    fn part_mut(&mut self, n: usize) -> &mut String {
        pause();
        &mut self.parts[n]
    }
    fn shared(self: Arc<Self>) -> Arc<Self> {
        pause();
        self
    }
}

#[vthread]
fn builders() -> (Vec<String>, usize) {
    begin().await;
    let query = Query::new()
        .filter_by("a")
        .limit(3)
        .filter_by(give(String::from("b")))
        .limit(num(4))
        .filter_by("c");
    let n = query
        .rows()
        .iter()
        .map(|row| row.len())
        .chain([query.limit.unwrap() as usize])
        .sum();
    (query.clone().filter_by("d").rows(), n)
}

#[test]
fn builders_with_plain_and_suspending_links() {
    let (rows, n) = suspends(5 + 1 + 2, builders);
    assert_eq!((rows.concat().as_str(), n), ("abcd", 7));
}

#[vthread]
fn through_options() -> Option<usize> {
    begin().await;
    let query = Query::new().filter_by("abc");
    let n = query.first()?.len();
    let m = query.first().map(|s| s.len()).unwrap_or_default();
    let k = query.rows().into_iter().next()?.to_uppercase().trim().len();
    Some(n + m + k)
}

#[vthread]
fn through_results() -> Result<u32, String> {
    begin().await;
    let query = Query::new();
    let a = query.attempt(query.attempt(5)?)? + query.attempt(1).unwrap_or(9);
    let b = query.attempt(0).or_else(|_| Ok::<_, String>(7))?;
    let c = query.attempt(3).and_then(|n| query.attempt(n))?;
    query.attempt(0).map_err(|e| format!("{e} {a} {b} {c}"))
}

#[test]
fn question_marks_in_chains() {
    assert_eq!(suspends(4, through_options), Some(9));
    let error = suspends_and_blocks(6, 1, through_results).unwrap_err();
    assert_eq!(error, "zero 3 7 1");
}

#[vthread]
fn places() -> String {
    begin().await;
    let mut query = Query::new().filter_by("a").filter_by("b");
    query.part_mut(0).push_str("x");
    *query.part_mut(1) = give(String::from("y"));
    query.part_mut(num(0) as usize).push('z');
    let mut all = vec![query];
    all[0].part_mut(1).make_ascii_uppercase();
    all.last_mut().unwrap().part_mut(1).push('!');
    let map = HashMap::from([(1, all.remove(0))]);
    map[&1].rows().concat() + &map.get(&num(1)).unwrap().rows()[give(1)]
}

#[test]
fn chains_that_change_their_places() {
    assert_eq!(suspends(2 + 1 + 2 + 2 + 2 + 4, places), "axzY!Y!");
}

#[vthread]
fn pointers() -> usize {
    begin().await;
    let shared = Arc::new(Query::new().filter_by("p"));
    let n = shared.clone().shared().shared().rows().len();
    let boxed = Box::new(Box::new(Query::new()));
    let m = boxed.rows().len() + Box::new(&shared).rows().len() + (&&shared).rows().len();
    let cell = std::sync::Mutex::new(Query::new().filter_by("m"));
    let k = cell.lock().unwrap().rows().len();
    let cow: std::borrow::Cow<'_, Query> = std::borrow::Cow::Borrowed(&shared);
    n + m + k + cow.rows().len()
}

#[test]
#[allow(clippy::needless_borrow)]
fn chains_through_pointers() {
    assert_eq!(suspends(1 + 3 + 3 + 2 + 1, pointers), 1 + 2 + 1 + 1);
}

#[vthread]
fn on_anything() -> u32 {
    begin().await;
    let a = (if num(1) == 1 {
        Query::new()
    } else {
        Query::default()
    })
    .rows();
    let b = match num(2) {
        2 => Query::new(),
        _ => unreachable!(),
    }
    .filter_by("x")
    .rows();
    let c = { Query::new().limit(2) }.attempt(5).unwrap();
    let d = [Query::new(), Query::new()][give(1)].attempt(5);
    let e = (Query::new(), 1).0.attempt(5);
    let f = loop {
        break Query::new();
    }
    .attempt(6);
    let g = (&Query::new()).attempt(7);
    let h = Query {
        parts: vec![],
        limit: Some(num(3)),
    }
    .attempt(8);
    let i = (&mut Query::new() as &mut Query).attempt(9);
    let sum = [d, e, f, g, h, i]
        .into_iter()
        .map(Result::unwrap)
        .sum::<u32>();
    (a.len() + b.len()) as u32 + c + sum
}

#[test]
#[allow(clippy::never_loop, clippy::needless_borrow, clippy::unnecessary_cast)]
fn receivers_that_are_expressions() {
    let expected = 1 + 4 + (4 + 4 + 5 + 6 + 7 + 8);
    assert_eq!(
        suspends(2 + 3 + 1 + 2 + 1 + 1 + 1 + 2 + 1, on_anything),
        expected
    );
}

#[vthread]
fn plain_chains() -> (String, Vec<(usize, char)>, Option<u64>, i32) {
    begin().await;
    let text = "b,a"
        .split(',')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .join("-");
    let pairs = text
        .chars()
        .enumerate()
        .filter(|(i, _)| i % 2 == 0)
        .collect();
    let max = [1_u64, 5, 3].into_iter().reduce(|a, b| a.max(b));
    let parsed = " 42 "
        .trim()
        .parse::<i32>()
        .ok()
        .and_then(|n| n.checked_add(1))
        .unwrap();
    (text, pairs, max, parsed.min(100).pow(1).abs())
}

#[test]
fn plain_chains_infer_as_ever() {
    let expected = ("b-a".to_owned(), vec![(0, 'b'), (2, 'a')], Some(5), 43);
    assert_eq!(suspends(0, plain_chains), expected);
}
