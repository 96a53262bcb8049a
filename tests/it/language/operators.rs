//! Operators, casts, ranges, indices, literals of every kind around suspending calls.

use super::proof::{begin, give, num, pause, suspends};
use std::ops::{Add, AddAssign, Index, IndexMut, Neg, Not, Range, RangeInclusive, Shl};
use vthread::prelude::*;

#[vthread]
fn arithmetic() -> i64 {
    begin().await;
    let a = num(7) + num(3) * num(2) - num(1) / num(1) % num(5);
    let b = (num(6) & num(3)) | (num(1) << num(2)) ^ (num(8) >> num(1));
    let c = -(num(4) as i64) + !(num(0) as i64);
    let d = -give(5_i64) * -give(2);
    a as i64 + b as i64 + c + d
}

#[test]
fn arithmetic_keeps_precedence() {
    let plain =
        (7 + 3 * 2 - 1 / 1 % 5) as i64 + ((6 & 3) | (1 << 2) ^ (8 >> 1)) as i64 - 4 + !0 + 10;
    assert_eq!(suspends(16, arithmetic), plain);
}

#[vthread]
fn comparisons() -> [bool; 8] {
    begin().await;
    [
        num(1) < num(2),
        num(1) == 1,
        1 != num(1),
        num(2) >= 3 || num(4) <= 4,
        num(1) > 0 && num(2) > 5 && num(3) == 3,
        !(num(1) == 2),
        (num(1) as usize) < 5,
        give("a") < give("b"),
    ]
}

#[test]
fn comparisons_and_short_circuits() {
    let expected = [true, true, false, true, false, true, true, true];
    assert_eq!(
        suspends(2 + 1 + 1 + 2 + 2 + 1 + 1 + 2, comparisons),
        expected
    );
}

#[vthread]
fn assignments() -> (u32, Vec<u32>, (u32, u32), String) {
    begin().await;
    let mut n = 1;
    n += num(1);
    n *= num(5);
    n -= num(1);
    n <<= num(1);
    n |= num(1);
    n ^= num(2);
    n %= num(100);
    let mut v = vec![0, 0];
    v[num(0) as usize] = num(4);
    v[give(1)] += num(6);
    let (mut a, mut b);
    (a, b) = (num(1), num(2));
    [a, _] = [b + num(1), a];
    (b, ..) = give((9, 8, 7));
    let mut text = String::new();
    text += &give(String::from("x"));
    text += give("y");
    (n, v, (a, b), text)
}

#[test]
fn assignments_of_every_kind() {
    let (n, v, pair, text) = suspends(17, assignments);
    assert_eq!((n, v, pair), (17, vec![4, 6], (3, 9)));
    assert_eq!(text, "xy");
}

#[vthread]
fn casts() -> (u8, f64, char, usize, i32, u64) {
    begin().await;
    (
        num(300) as u8,
        num(3) as f64 / 2.0,
        num(97) as u8 as char,
        give(true) as usize,
        num(1) as i32 - 2,
        num(1) as u64 + give(2_u64),
    )
}

#[test]
fn casts_of_results() {
    assert_eq!(suspends(7, casts), (44, 1.5, 'a', 1, -1, 3));
}

#[vthread]
fn ranges() -> (Vec<u32>, Range<u32>, RangeInclusive<u32>, usize, bool) {
    begin().await;
    let v = [1, 2, 3, 4, 5];
    let a = v[num(1) as usize..num(3) as usize].to_vec();
    let b = num(1)..num(4);
    let c = num(1)..=num(4);
    let d = v[..give(2)].len() + v[give(1)..].len() + v[..=give(1)].len() + v[..].len();
    (
        a,
        b.clone(),
        c,
        d,
        (num(0)..).contains(&num(7)) && (..num(3)).contains(&2),
    )
}

#[test]
fn ranges_of_every_kind() {
    let (a, b, c, d, e) = suspends(12, ranges);
    assert_eq!(
        (a, b, c, d, e),
        (vec![2, 3], 1..4, 1..=4, 2 + 4 + 2 + 5, true)
    );
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Money(i32);

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}
impl AddAssign<i32> for Money {
    fn add_assign(&mut self, other: i32) {
        self.0 += other;
    }
}
impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}
impl Not for Money {
    type Output = bool;
    fn not(self) -> bool {
        self.0 == 0
    }
}
impl Shl<u32> for Money {
    type Output = Money;
    fn shl(self, n: u32) -> Money {
        Money(self.0 << n)
    }
}

#[vthread]
impl Money {
    fn doubled(self) -> Money {
        pause();
        self + self
    }
}

#[vthread]
fn overloaded() -> (Money, bool, Money) {
    begin().await;
    let mut m = give(Money(1)) + Money(2).doubled();
    m += num(4) as i32;
    (
        -m.doubled(),
        !give(Money(0)),
        (Money(1) << num(2)).doubled() + -give(Money(1)),
    )
}

#[test]
fn overloaded_operators() {
    assert_eq!(suspends(8, overloaded), (Money(-18), true, Money(7)));
}

struct Grid(Vec<u32>);

impl Index<(usize, usize)> for Grid {
    type Output = u32;
    fn index(&self, (x, y): (usize, usize)) -> &u32 {
        &self.0[y * 2 + x]
    }
}
impl IndexMut<(usize, usize)> for Grid {
    fn index_mut(&mut self, (x, y): (usize, usize)) -> &mut u32 {
        &mut self.0[y * 2 + x]
    }
}

#[vthread]
fn overloaded_index() -> Vec<u32> {
    begin().await;
    let mut grid = Grid(vec![1, 2, 3, 4]);
    grid[(num(1) as usize, 0)] = num(20);
    grid[give((0, 1))] += 5;
    let x = grid[(give(1), give(1))];
    grid[(0, 0)] = x;
    give(grid).0
}

#[test]
fn overloaded_indices() {
    assert_eq!(suspends(6, overloaded_index), [4, 20, 8, 4]);
}

#[derive(Clone, Debug, PartialEq)]
struct Settings {
    a: u32,
    b: u32,
    c: String,
}

#[vthread]
fn settings() -> Settings {
    pause();
    Settings {
        a: 1,
        b: 2,
        c: "c".into(),
    }
}

struct Unit;
struct Tuple(u32, String);

#[vthread]
fn literals() -> (Settings, Settings, u32, [u32; 3], usize) {
    begin().await;
    let a = num(9);
    let first = Settings {
        a,
        c: give(String::from("z")),
        ..settings()
    };
    let second = Settings {
        b: num(5),
        ..first.clone()
    };
    let Tuple(n, text) = Tuple(num(3), give(String::new()));
    let _unit = give(Unit);
    let repeated = [num(4); 3];
    let nested = ((num(1), [num(2)]), Some(Box::new(num(3))));
    let sum = nested.0.0 + nested.0.1[0] + *nested.1.unwrap();
    (first, second, n + sum, repeated, text.len())
}

#[test]
fn literals_and_struct_update() {
    let (first, second, n, repeated, len) = suspends(11, literals);
    assert_eq!((first.a, first.b, first.c.as_str()), (9, 2, "z"));
    assert_eq!(second, Settings { b: 5, ..first });
    assert_eq!((n, repeated, len), (9, [4; 3], 0));
}

#[vthread]
fn order(log: &mut Vec<u32>, n: u32) -> u32 {
    pause();
    log.push(n);
    n
}

#[vthread]
fn evaluation_order() -> Vec<u32> {
    begin().await;
    let log = &mut vec![];
    let mut slots = [0; 9];
    let _ = order(log, 1) + order(log, 2) * order(log, 3);
    slots[order(log, 5) as usize] = order(log, 4);
    assert_eq!(slots[5], 4);
    let _ = [order(log, 6), order(log, 7)];
    let _ = Settings {
        b: order(log, 8),
        a: order(log, 9),
        c: String::new(),
    };
    std::mem::take(log)
}

#[test]
fn operands_are_evaluated_in_rusts_order() {
    assert_eq!(suspends(9, evaluation_order), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}
