//! Recursion through functions, methods, traits, generics and children.

use super::proof::{begin, give, num, pause, suspends};
use vthread::prelude::*;

#[vthread]
fn factorial(n: u64) -> u64 {
    pause();
    match n {
        0 | 1 => 1,
        n => n * factorial(n - 1),
    }
}

#[vthread]
fn ackermann(m: u32, n: u32) -> u32 {
    match (m, n) {
        (0, n) => num(n + 1),
        (m, 0) => ackermann(m - 1, 1),
        (m, n) => ackermann(m - 1, self::ackermann(m, n - 1)),
    }
}

#[vthread]
fn generic<'a, T: Clone, const N: usize>(all: &'a [T], out: &mut Vec<[T; N]>) -> Option<&'a T> {
    pause();
    let (first, rest) = all.split_first()?;
    out.push([(); N].map(|()| first.clone()));
    generic::<T, N>(rest, out).or(Some(first))
}

#[vthread]
fn with_closure(n: u32, f: &dyn Fn(u32) -> u32) -> u32 {
    pause();
    if n == 0 {
        f(0)
    } else {
        f(n) + with_closure(n - 1, &|m| f(m) + 1)
    }
}

#[vthread]
fn fallible(n: u32) -> Result<u32, String> {
    if num(n) == 13 {
        return Err("unlucky".into());
    }
    if n == 0 {
        Ok(0)
    } else {
        Ok(fallible(n - 1)? + 1)
    }
}

#[vthread]
fn functions() -> (u64, u32, usize, u32) {
    begin().await;
    let mut out = vec![];
    let last = generic::<_, 2>(&["a", "b"], &mut out).map_or(0, |s| s.len());
    (
        factorial(5),
        ackermann(1, 2),
        out.len() + last,
        with_closure(2, &|n| n),
    )
}

#[test]
fn of_functions() {
    assert_eq!(
        suspends(3 + 5 + 3 + 3, functions),
        (120, 4, 3, 2 + (1 + 1) + (0 + 2))
    );
    assert_eq!(fallible(5), Ok(5));
    assert_eq!(fallible(20), Err("unlucky".into()));
}

struct Tree {
    value: u32,
    children: Vec<Tree>,
}

#[vthread]
impl Tree {
    fn total(&self) -> u32 {
        pause();
        let mut sum = self.value;
        for child in &self.children {
            sum += child.total();
        }
        sum
    }
    fn depth(&self) -> usize {
        pause();
        let mut depth = 0;
        for child in &self.children {
            depth = depth.max(Self::depth(child));
        }
        depth + 1
    }
    fn increment(&mut self, by: u32) -> &mut Self {
        pause();
        self.value += by;
        for child in &mut self.children {
            child.increment(by);
        }
        self
    }
    fn search(&self, wanted: u32) -> Option<&Tree> {
        pause();
        if self.value == wanted {
            return Some(self);
        }
        for child in &self.children {
            if let Some(found) = child.search(wanted) {
                return Some(found);
            }
        }
        None
    }
    fn into_all(self) -> Vec<u32> {
        pause();
        let mut all = vec![self.value];
        for child in self.children {
            all.extend(child.into_all());
        }
        all
    }
    fn parallel(&self) -> u32 {
        pause();
        group! {
            let tasks: Vec<_> = self.children.iter().map(|child| spawn! { child.parallel() }).collect();
            let mut sum = self.value;
            for task in tasks {
                sum += task.join();
            }
            sum
        }
    }
}

fn tree() -> Tree {
    let leaf = |value| Tree {
        value,
        children: vec![],
    };
    Tree {
        value: 1,
        children: vec![
            leaf(2),
            Tree {
                value: 3,
                children: vec![leaf(4)],
            },
        ],
    }
}

#[vthread]
fn methods() -> (u32, usize, u32, Vec<u32>) {
    begin().await;
    let mut tree = tree();
    let total = tree.total();
    let depth = tree.depth();
    let found = tree.increment(10).search(14).unwrap().value;
    (total, depth, found, tree.into_all())
}

#[test]
fn of_methods() {
    let expected = (10, 3, 14, vec![11, 12, 13, 14]);
    assert_eq!(suspends(20, methods), expected);
    assert_eq!(tree().parallel().block(), 10);
}

#[vthread(boxed)]
fn is_even(n: u32) -> bool {
    pause();
    n == 0 || is_odd(n - 1)
}

#[vthread]
fn is_odd(n: u32) -> bool {
    pause();
    n != 0 && is_even(n - 1)
}

struct Parser<'a> {
    text: &'a [u8],
}

#[vthread]
impl Parser<'_> {
    fn take_next(&mut self) -> Option<u8> {
        pause();
        let (first, rest) = self.text.split_first()?;
        self.text = rest;
        Some(*first)
    }
    fn total(&mut self) -> u32 {
        let mut sum = 0;
        while let Some(byte) = self.take_next() {
            match byte {
                b'(' => sum += self.product(),
                b')' => break,
                digit => sum += u32::from(digit - b'0'),
            }
        }
        sum
    }
}

#[vthread(boxed)]
impl Parser<'_> {
    fn product(&mut self) -> u32 {
        let mut product = 1;
        while let Some(byte) = self.take_next() {
            match byte {
                b'[' => product *= self.total(),
                b')' | b']' => break,
                digit => product *= u32::from(digit - b'0'),
            }
        }
        product
    }
}

#[vthread]
fn mutual() -> (bool, bool, u32) {
    begin().await;
    (is_even(4), is_odd(2), Parser { text: b"1(23)4" }.total())
}

#[test]
fn mutual_recursion() {
    assert_eq!(suspends(5 + 3 + 7, mutual), (true, false, 11));
}

struct Leaf(u32);
struct Many<T>(Vec<T>);
struct Both<A, B>(A, B);

#[vthread]
trait Node {
    fn size(&self) -> u32;
    fn twice(&self) -> u32;
}

#[vthread]
impl Node for Leaf {
    fn size(&self) -> u32 {
        pause();
        self.0
    }
    fn twice(&self) -> u32 {
        self.size() * 2
    }
}

#[vthread(boxed)]
impl<T: Node> Node for Many<T> {
    fn size(&self) -> u32 {
        let mut sum = 0;
        for item in &self.0 {
            sum += item.size();
        }
        sum
    }
    fn twice(&self) -> u32 {
        self.size() + self.size()
    }
}

#[vthread]
impl<A: Node, B: Node> Node for Both<A, B> {
    fn size(&self) -> u32 {
        self.0.size() + Node::size(&self.1) + give(0)
    }
    fn twice(&self) -> u32 {
        <Self as Node>::size(self) * 2
    }
}

#[vthread(dyn)]
trait Expression {
    fn worth(&self) -> i64;
}

struct Literal(i64);
struct Sum(Vec<Box<dyn Expression>>);
struct Product(Box<dyn Expression>, Box<dyn Expression>);

#[vthread(dyn)]
impl Expression for Literal {
    fn worth(&self) -> i64 {
        pause();
        self.0
    }
}
#[vthread(dyn)]
impl Expression for Sum {
    fn worth(&self) -> i64 {
        let mut sum = 0;
        for part in &self.0 {
            sum += part.worth();
        }
        sum
    }
}
#[vthread(dyn)]
impl Expression for Product {
    fn worth(&self) -> i64 {
        self.0.worth() * self.1.worth()
    }
}

#[vthread]
fn traits() -> (u32, u32, i64) {
    begin().await;
    let one = |n| Many(vec![Leaf(n)]);
    let nested = Both(
        Many(vec![Many(vec![Leaf(1), Leaf(2)]), one(3)]),
        Both(Leaf(4), one(5)),
    );
    let sum = Sum(vec![Box::new(Literal(1)), Box::new(Literal(2))]);
    let product = Product(Box::new(sum), Box::new(Literal(4)));
    (nested.size(), nested.1.twice(), product.worth())
}

#[test]
fn through_traits() {
    assert_eq!(suspends(7 + 3 + 3, traits), (15, 18, 12));
}

#[vthread]
trait Countdown {
    fn below(&self, n: u32) -> u32 {
        pause();
        match n {
            0 => self.ground(),
            n => self.below(n - 1) + 1,
        }
    }
    #[plain]
    fn ground(&self) -> u32;
}

#[vthread(?Send)]
trait Visit<K: Clone + 'static = u32>
where
    K: Default,
{
    fn visit<T: Clone>(
        &mut self,
        (first, second): (T, K),
        depth: u32,
        path: &str,
    ) -> Option<usize> {
        pause();
        if depth == 0 {
            return Some(path.len());
        }
        self.enter();
        self.visit((first.clone(), second), depth - 1, &path[1..])
    }
    #[plain]
    fn enter(&mut self);
}

struct Stairs(u32);

#[vthread]
impl Countdown for Stairs {
    #[plain]
    fn ground(&self) -> u32 {
        self.0
    }
}
#[vthread(?Send)]
impl Visit<u8> for Stairs {
    #[plain]
    fn enter(&mut self) {
        self.0 += 1;
    }
}

#[vthread]
fn by_bound(stairs: &impl Countdown) -> u32 {
    stairs.below(2)
}

#[vthread]
fn defaults() -> (u32, Option<usize>, u32) {
    begin().await;
    let mut stairs = Stairs(10);
    let sum = stairs.below(3) + by_bound(&stairs);
    let left = stairs.visit(("a", 1), 2, "steps");
    (sum, left, stairs.0)
}

#[test]
fn default_methods_that_call_themselves() {
    assert_eq!(suspends(4 + 3 + 3, defaults), (25, Some(3), 12));
    assert_eq!(Stairs(0).below(100_000).block(), 100_000);
}
