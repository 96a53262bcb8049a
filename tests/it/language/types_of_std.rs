//! Types of std: types that share a name with one, vthread functions of them, and their own
//! functions.

use super::proof::{begin, give, pause, suspends};
use vthread::prelude::*;

struct Cell(u32);
struct Layout;
struct Borrow;

#[vthread]
impl Cell {
    fn open(n: u32) -> Cell {
        pause();
        Cell(n)
    }
    fn get(&self) -> u32 {
        pause();
        self.0
    }
}

#[vthread]
impl Layout {
    fn new() -> Layout {
        pause();
        Layout
    }
    fn width(&self) -> u32 {
        pause();
        20
    }
}

#[vthread]
impl Borrow {
    fn open(n: u32) -> u32 {
        pause();
        n
    }
}

#[vthread]
trait Fetch: Sized {
    fn from_afar(n: u32) -> Self;
}

#[vthread]
impl Fetch for u32 {
    fn from_afar(n: u32) -> u32 {
        pause();
        n
    }
}

#[vthread]
impl Fetch for String {
    fn from_afar(n: u32) -> String {
        pause();
        n.to_string()
    }
}

#[vthread]
fn functions_of_types() -> u32 {
    begin().await;
    let cells = Cell::open(1).get() + Cell::get(&Cell::open(2));
    let layouts = Layout::new().width() + Borrow::open(30);
    let digits = String::from_afar(100).len() as u32;
    cells + layouts + digits + u32::from_afar(200)
}

#[test]
fn functions_of_types_named_like_stds_suspend() {
    let expected = 1 + 2 + 20 + 30 + 3 + 200;
    assert_eq!(suspends(9, functions_of_types), expected);
}

#[vthread]
fn functions_of_std() -> u32 {
    use std::borrow::{Borrow, Cow};
    use std::cell::Cell;
    use std::pin::Pin;
    use std::time::Duration;
    begin().await;
    let mut cell = Cell::new(None);
    cell.set(Some(give(1)));
    let text: &str = Borrow::borrow("ab");
    let text: Cow<'_, str> = Cow::from(text);
    let time = Duration::new(3, 0).max(Duration::default());
    let mut sum: u32 = Default::default();
    *Pin::new(&mut sum) += cell.get_mut().unwrap_or(0);
    sum + text.len() as u32 + time.as_secs() as u32
}

#[test]
fn functions_of_std_are_called_as_ever() {
    assert_eq!(suspends(1, functions_of_std), 1 + 2 + 3);
}
