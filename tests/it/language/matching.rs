//! Patterns: guards that suspend, bindings, slices, references, constants, nested enums.

use super::proof::{begin, give, num, pause, suspends};
use vthread::prelude::*;

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Dot,
    Circle(u32),
    Rectangle { width: u32, height: u32 },
    Group(Vec<Shape>),
}

use Shape::*;

#[vthread]
fn is_large(n: u32) -> bool {
    pause();
    n > 10
}

#[vthread]
impl Shape {
    fn area(&self) -> u32 {
        pause();
        match self {
            Dot => 0,
            Circle(r) => 3 * r * r,
            &Rectangle { width, height } => width * height,
            Group(all) => {
                let mut sum = 0;
                for shape in all {
                    sum += shape.area();
                }
                sum
            }
        }
    }
}

#[vthread]
fn guards(shape: &Shape) -> &'static str {
    begin().await;
    match shape {
        Dot => give("dot"),
        Circle(r) if is_large(*r) => "large circle",
        Circle(r) if num(*r) == 1 && !is_large(*r) => "unit circle",
        Circle(_) => "circle",
        Rectangle { width, .. } | Rectangle { height: width, .. } if is_large(*width) => "large",
        Rectangle {
            width: w @ 1..=3,
            height,
        } if num(*w) == *height => "small square",
        Rectangle { .. } if shape.area() == 8 => "eight",
        Group(all)
            if let [first, ..] = &all[..]
                && first.area() > 100 =>
        {
            "heavy"
        }
        Group(all) if all.is_empty() => give("empty"),
        other => match other.area() {
            0 => "nothing",
            _ => "something",
        },
    }
}

#[test]
fn guards_suspend() {
    assert_eq!(suspends(1, || guards(&Dot)), "dot");
    assert_eq!(suspends(1, || guards(&Circle(11))), "large circle");
    assert_eq!(suspends(3, || guards(&Circle(1))), "unit circle");
    assert_eq!(suspends(2, || guards(&Circle(2))), "circle");
    let rectangle = |width, height| Rectangle { width, height };
    assert_eq!(suspends(1, || guards(&rectangle(11, 1))), "large");
    assert_eq!(suspends(2, || guards(&rectangle(1, 12))), "large");
    assert_eq!(suspends(3, || guards(&rectangle(2, 2))), "small square");
    assert_eq!(suspends(4, || guards(&rectangle(2, 4))), "eight");
    assert_eq!(suspends(5, || guards(&rectangle(2, 5))), "something");
    assert_eq!(
        suspends(0 + 1, || guards(&Group(vec![Circle(50)]))),
        "heavy"
    );
    assert_eq!(suspends(1, || guards(&Group(vec![]))), "empty");
    assert_eq!(suspends(3, || guards(&Group(vec![Dot]))), "nothing");
}

#[vthread]
fn slices(v: &[u32]) -> u32 {
    begin().await;
    match give(v) {
        [] => 0,
        [one] => num(*one),
        [first, .., last] if num(*first) == *last => 100,
        [a, rest @ ..] if rest.len() == 1 => *a + num(rest[0]),
        [a, middle @ .., z] => a + z + middle.iter().map(|n| n * 10).sum::<u32>(),
    }
}

#[test]
fn slice_patterns() {
    assert_eq!(suspends(1, || slices(&[])), 0);
    assert_eq!(suspends(2, || slices(&[7])), 7);
    assert_eq!(suspends(2, || slices(&[7, 1, 7])), 100);
    assert_eq!(suspends(3, || slices(&[7, 1])), 8);
    assert_eq!(suspends(2, || slices(&[1, 2, 3])), 24);
}

const LIMIT: u32 = 5;
mod limits {
    pub(super) const UPPER: u32 = 9;
}

#[vthread]
fn constants(n: u32) -> &'static str {
    begin().await;
    match num(n) {
        LIMIT => "limit",
        limits::UPPER => "upper",
        0 | 1 => "low",
        2..=3 => "range",
        u32::MAX => "max",
        6.. => "open",
        _ if n == LIMIT - 1 => "below",
        _ => unreachable!(),
    }
}

#[test]
fn constants_and_ranges() {
    let texts = [5, 9, 0, 3, u32::MAX, 7, 4].map(|n| suspends(1, || constants(n)));
    assert_eq!(
        texts,
        ["limit", "upper", "low", "range", "max", "open", "below"]
    );
}

#[vthread]
fn bindings() -> (u32, String, Vec<u32>) {
    begin().await;
    let (ref a, mut b) = give((String::from("a"), String::from("b")));
    b.push_str(a);
    let whole @ (x, y) = give((1, 2));
    let lent = (vec![1, 2], 3);
    let &(ref inner, n) = give(&lent);
    let Some(ref mut text) = give(Some(String::from("t"))) else {
        unreachable!()
    };
    text.push('!');
    let mut option = Some(num(1));
    if let Some(n) = &mut option {
        *n += num(4);
    }
    if let Some(ref mut n @ 5) = option {
        *n += 1;
    }
    let (Shape::Circle(r) | Shape::Rectangle { width: r, .. }) = give(Circle(8)) else {
        panic!()
    };
    let numbers = inner.iter().copied().chain([n, x, y, r]).collect();
    (whole.0 + option.unwrap(), b + text, numbers)
}

#[test]
fn binding_modes() {
    let expected = (7, "bat!".to_owned(), vec![1, 2, 3, 1, 2, 8]);
    assert_eq!(suspends(7, bindings), expected);
}

#[vthread]
fn of_results(input: &str) -> u32 {
    begin().await;
    match give(input.parse::<u32>()) {
        Ok(n @ (1 | 2)) => num(n),
        Ok(n)
            if let Some(half) = give(n.checked_div(2))
                && num(half) > 10 =>
        {
            half
        }
        Ok(_) => 0,
        Err(ref error) if give(error.to_string()).contains("empty") => 1,
        Err(_) => num(2),
    }
}

#[test]
fn results_and_if_let_guards() {
    assert_eq!(suspends(2, || of_results("2")), 2);
    assert_eq!(suspends(3, || of_results("30")), 15);
    assert_eq!(suspends(3, || of_results("9")), 0);
    assert_eq!(suspends(2, || of_results("")), 1);
    assert_eq!(suspends(3, || of_results("x")), 2);
}

#[vthread]
fn diverging_arms(n: Option<u32>) -> u32 {
    begin().await;
    let mut sum = 0;
    for k in 0..3 {
        sum += match give(n) {
            None => return num(77),
            Some(0) => continue,
            Some(1) => break,
            Some(9) => panic!("{}", num(9)),
            Some(n) => n + num(k),
        };
    }
    sum
}

#[test]
fn arms_that_leave() {
    assert_eq!(suspends(2, || diverging_arms(None)), 77);
    assert_eq!(suspends(3, || diverging_arms(Some(0))), 0);
    assert_eq!(suspends(1, || diverging_arms(Some(1))), 0);
    assert_eq!(suspends(6, || diverging_arms(Some(2))), 9);
}

#[vthread]
fn closures_in_patterns(pair: (u32, (u32, [u32; 2]))) -> u32 {
    begin().await;
    let (a, (b, [c, d])) = give(pair);
    let add = |(x, y): (u32, u32), [z]: [u32; 1]| x + y + z;
    add((a, b), [c]) + num(d) + matches!(give(Circle(a)), Circle(n) if n == a) as u32
}

#[test]
fn nested_patterns() {
    assert_eq!(suspends(3, || closures_in_patterns((1, (2, [3, 4])))), 11);
}

#[vthread]
fn indexed(wanted: usize) -> u32 {
    begin().await;
    let mut grid = [[0, 1], [2, 3]];
    let options = [Some(num(1)), Some(2), None];
    let row = give(1);
    let a = match grid[row][wanted] {
        0 => 100,
        n if num(n) == 9 => 200,
        n if is_large(n + 8) => n,
        n => n + 10,
    };
    let b = match options[wanted] {
        Some(n) if num(n) == 9 => 300,
        Some(n) => n,
        None => num(0),
    };
    match grid[wanted][row] {
        ref mut n if num(*n) > 0 => *n += 50,
        _ => {}
    }
    a + b + grid[wanted][row]
}

#[test]
fn indexed_places_keep_their_index_across_guards() {
    assert_eq!(suspends(6, || indexed(0)), 12 + 1 + 51);
    assert_eq!(suspends(6, || indexed(1)), 3 + 2 + 53);
}
