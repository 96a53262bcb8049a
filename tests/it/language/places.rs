//! Places: fields of every depth, indices, dereferences, as receivers and targets.

use super::proof::{begin, give, num, pause, suspends};
use std::collections::{BTreeMap, VecDeque};
use std::ops::{Deref, DerefMut, Index, IndexMut};
use std::rc::Rc;
use std::sync::Arc;
use vthread::prelude::*;

#[derive(Default, Clone)]
struct Cell(u32);

#[vthread]
impl Cell {
    fn bump(&mut self) -> u32 {
        pause();
        self.0 += 1;
        self.0
    }
    fn peek(&self) -> u32 {
        pause();
        self.0
    }
}

#[derive(Default)]
struct Row {
    cells: Vec<Cell>,
    pair: (Cell, [Cell; 2]),
    boxed: Box<Cell>,
    option: Option<Cell>,
    map: BTreeMap<u32, Cell>,
    shared: Arc<Cell>,
}

struct Table {
    rows: VecDeque<Row>,
    first: Row,
}

#[vthread]
fn receivers() -> Vec<u32> {
    begin().await;
    let mut table = Table {
        rows: VecDeque::from([Row::default(), Row::default()]),
        first: Row::default(),
    };
    table.rows[1].cells.push(Cell(10));
    table.first.map.insert(3, Cell(30));
    let mut out = vec![
        table.rows[1].cells[0].bump(),
        table.rows[num(1) as usize].cells[0].bump(),
        table.first.pair.0.bump(),
        table.first.pair.1[1].bump(),
        table.first.pair.1[give(1)].bump(),
        table.first.boxed.bump(),
        (*table.first.boxed).bump(),
        (table.first).boxed.bump(),
        table.first.option.get_or_insert_default().bump(),
        table.first.option.as_mut().unwrap().bump(),
        table.first.map[&3].peek(),
        table.first.map.get_mut(&num(3)).unwrap().bump(),
        table.first.shared.peek(),
        Arc::get_mut(&mut table.first.shared).unwrap().bump(),
        table
            .rows
            .back_mut()
            .unwrap()
            .cells
            .iter_mut()
            .next()
            .unwrap()
            .bump(),
    ];
    let Table { rows, first } = &mut table;
    out.push(rows[0].pair.0.bump() + first.pair.0.bump());
    let reference = &mut &mut first.pair.0;
    out.push(reference.bump() + (**reference).bump() + (*reference).peek());
    let Row {
        cells,
        pair: (left, [_, right]),
        ..
    } = first;
    cells.push(left.clone());
    out.push(cells[0].bump() + left.bump() + right.bump() + cells[..1][0].peek());
    out
}

#[test]
fn receivers_of_every_depth() {
    let expected = [
        11,
        12,
        1,
        1,
        2,
        1,
        2,
        3,
        1,
        2,
        30,
        31,
        0,
        1,
        13,
        1 + 2,
        3 + 4 + 4,
        5 + 5 + 3 + 5,
    ];
    assert_eq!(suspends(18 + 2 + 3 + 4, receivers), expected);
}

#[vthread]
fn targets() -> (Vec<u32>, u32, [u32; 2]) {
    begin().await;
    let mut numbers = vec![0; 3];
    let mut pair = (0, [0, 0]);
    let boxed = &mut Box::new(5);
    numbers[0] = num(1);
    numbers[num(1) as usize] += num(2);
    *numbers.last_mut().unwrap() = num(3);
    pair.1[give(0)] = num(4);
    pair.0 += num(5);
    **boxed += num(6);
    *give(&mut pair.1[1]) = 7;
    (pair.0, numbers[2]) = (num(8), pair.0);
    let last = give(1);
    numbers[1..][last] += 1;
    numbers[..2].swap(give(0), 1);
    (numbers, **boxed + pair.0, pair.1)
}

#[test]
fn targets_of_assignments() {
    assert_eq!(suspends(12, targets), (vec![2, 1, 6], 19, [4, 7]));
}

/// A smart pointer whose dereferences are counted.
struct Counting {
    inner: Cell,
    n_shared: std::cell::Cell<u32>,
    n_unique: u32,
}

impl Deref for Counting {
    type Target = Cell;
    fn deref(&self) -> &Cell {
        self.n_shared.set(self.n_shared.get() + 1);
        &self.inner
    }
}
impl DerefMut for Counting {
    fn deref_mut(&mut self) -> &mut Cell {
        self.n_unique += 1;
        &mut self.inner
    }
}

/// Indices that count too.
struct Indexed(Vec<Cell>, u32);

impl Index<u32> for Indexed {
    type Output = Cell;
    fn index(&self, at: u32) -> &Cell {
        &self.0[at as usize]
    }
}
impl IndexMut<u32> for Indexed {
    fn index_mut(&mut self, at: u32) -> &mut Cell {
        self.1 += 1;
        &mut self.0[at as usize]
    }
}

#[vthread]
fn counted() -> (u32, u32, u32, u32) {
    begin().await;
    let mut counting = Counting {
        inner: Cell(0),
        n_shared: Default::default(),
        n_unique: 0,
    };
    let sum = counting.bump() + counting.peek() + counting.0 + (*counting).bump();
    let mut indexed = Indexed(vec![Cell(0), Cell(1)], 0);
    let more = indexed[0].bump() + indexed[num(1)].bump() + indexed[1].peek() + indexed[0].0;
    (
        sum + more,
        counting.n_shared.get(),
        counting.n_unique,
        indexed.1,
    )
}

#[test]
fn overloaded_places_are_evaluated_once() {
    assert_eq!(
        suspends(7, counted),
        ((1 + 1 + 1 + 2) + (1 + 2 + 2 + 1), 2, 2, 2)
    );
}

#[vthread]
fn effects(log: &mut Vec<u32>, n: u32) -> usize {
    pause();
    log.push(n);
    n as usize
}

#[vthread]
fn evaluated_once() -> Vec<u32> {
    begin().await;
    let mut log = vec![];
    let mut cells = [const { [Cell(0), Cell(0)] }; 2];
    cells[effects(&mut log, 1)][0].bump();
    (*{
        log.push(5);
        &mut cells
    })[0][1]
        .bump();
    cells.iter_mut().flatten().last().unwrap().bump();
    log.extend(cells.as_flattened().iter().map(|cell| cell.0));
    log
}

#[test]
fn parts_of_places_are_evaluated_once() {
    assert_eq!(suspends(4, evaluated_once), [1, 5, 0, 1, 1, 1]);
}

#[vthread]
fn shared() -> u32 {
    begin().await;
    let cell = Rc::new(std::cell::RefCell::new(Cell(1)));
    let other = cell.clone();
    let bumped = cell.borrow_mut().bump();
    let n = bumped + other.borrow().peek();
    let weak = Rc::downgrade(&cell);
    n + weak.upgrade().unwrap().borrow().peek() + num(weak.strong_count() as u32)
}

#[test]
fn cells_are_borrowed_for_one_call() {
    assert_eq!(suspends(4, shared), 2 + 2 + 2 + 3);
}
