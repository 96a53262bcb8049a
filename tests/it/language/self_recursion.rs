//! Functions and methods that call themselves.

use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn fibonacci(n: u64) -> u64 {
    if n < 2 {
        yield_now();
        n
    } else {
        fibonacci(n - 1) + fibonacci(n - 2)
    }
}

#[vthread]
fn repeated<T: Clone>(item: &T, n: u32) -> Vec<T> {
    if n == 0 {
        return Vec::new();
    }
    let mut all = repeated(item, n - 1);
    all.push(item.clone());
    all
}

#[vthread]
fn skip(text: &str, n: usize) -> &str {
    if n == 0 {
        text
    } else {
        self::skip(&text[1..], n - 1)
    }
}

#[vthread(boxed)]
fn is_even(n: u32) -> bool {
    yield_now();
    n == 0 || is_odd(n - 1)
}

#[vthread]
fn is_odd(n: u32) -> bool {
    n != 0 && is_even(n - 1)
}

struct Tree {
    value: u32,
    children: Vec<Tree>,
}

#[vthread]
impl Tree {
    fn total(&self) -> u32 {
        yield_now();
        let mut total = self.value;
        for child in &self.children {
            total += child.total();
        }
        total
    }

    fn depth(&self) -> u32 {
        let mut deepest = 0;
        for child in &self.children {
            deepest = deepest.max(Self::depth(child));
        }
        deepest + 1
    }

    fn parallel_total(&self) -> u32 {
        group! {
            let tasks: Vec<_> = self
                .children
                .iter()
                .map(|child| spawn! { child.parallel_total() })
                .collect();
            let mut total = self.value;
            for task in tasks {
                total += task.join();
            }
            total
        }
    }
}

fn tree() -> Tree {
    let leaf = |value| Tree {
        value,
        children: Vec::new(),
    };
    let inner = Tree {
        value: 3,
        children: vec![leaf(4)],
    };
    Tree {
        value: 1,
        children: vec![leaf(2), inner],
    }
}

#[test]
fn functions() {
    assert_eq!(fibonacci(10), 55);
    assert_eq!(repeated(&1_u8, 3), [1, 1, 1]);
    assert_eq!(skip("abcdef", 3), "def");
}

#[test]
fn in_a_circle_through_a_boxed_function() {
    assert!(is_even(6) && is_odd(7));
}

#[test]
fn methods() {
    assert_eq!(tree().total().block(), 10);
    assert_eq!(tree().depth().block(), 3);
}

#[test]
fn from_inside_children() {
    assert_eq!(tree().parallel_total().block(), 10);
    let numbers: Vec<u64> = (1..=100).collect();
    assert_eq!(sum(&numbers), 5050);
    assert_eq!(reduce(&[1, 2, 3, 4, 5], &|a, b| a + b), Some(15));
    assert_eq!(reduce::<i32, _>(&[], &|a, _| a), None);
}

#[vthread]
fn sum(numbers: &[u64]) -> u64 {
    if numbers.len() < 3 {
        return numbers.iter().sum();
    }
    let (left, right) = numbers.split_at(numbers.len() / 2);
    group! {
        let left = spawn! { sum(left) };
        let right = sum(right);
        left.join() + right
    }
}

#[vthread]
fn reduce<T, F>(items: &[T], combine: &F) -> Option<T>
where
    T: Clone + Send + Sync,
    F: Fn(T, T) -> T + Sync,
{
    if items.len() <= 1 {
        return items.first().cloned();
    }
    let (left, right) = items.split_at(items.len() / 2);
    group! {
        let left = spawn! { reduce(left, combine) };
        let right = reduce(right, combine)?;
        let left = left.join()?;
        Some(combine(left, right))
    }
}

#[vthread]
fn holds_what_is_not_send(n: u32) -> u32 {
    let kept = std::rc::Rc::new(n);
    let below = if n == 0 {
        0
    } else {
        holds_what_is_not_send(n - 1)
    };
    *kept + below
}

#[test]
fn without_send() {
    assert_eq!(holds_what_is_not_send(4), 10);
}
