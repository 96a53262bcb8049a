//! `Location::caller` of plain functions is the user's call, as in plain Rust, and not the
//! attribute.

use super::proof::{begin, num, suspends};
use std::panic::Location;
use vthread::prelude::*;

/// The line and the column of its caller.
#[track_caller]
fn place(_: u32) -> (u32, u32) {
    let caller = Location::caller();
    (caller.line(), caller.column())
}

#[track_caller]
fn place_of(of: impl Fn() -> u32) -> (u32, u32) {
    place(of())
}

struct Here;

impl Here {
    #[track_caller]
    fn place(&self, _: u32) -> (u32, u32) {
        place(0)
    }
}

#[vthread]
fn calls() -> Vec<((u32, u32), (u32, u32))> {
    begin().await;
    #[rustfmt::skip]
    let places = vec![
        (place(1), (line!(), 10)),
        (place(num(1)), (line!(), 10)),
        (self::place(1), (line!(), 10)),
        (place_of(|| 1), (line!(), 10)),
        (Here.place(num(1)), (line!(), 15)),
        ({ let placed = (1, place(num(1))); placed.1 }, (line!(), 29)),
    ];
    places
}

#[test]
fn of_plain_calls() {
    for (place, expected) in suspends(3, calls) {
        assert_eq!(place, expected);
    }
}

/// Of these calls the macro cannot know that they are plain, and looks for a warning.
#[vthread]
fn calls_in_an_async_block() -> Vec<((u32, u32), (u32, u32))> {
    begin().await;
    #[rustfmt::skip]
    let places = async {
        use super::locations as elsewhere;
        vec![
            (self::place(1), (line!(), 14)),
            (elsewhere::place_of(|| 1), (line!(), 14)),
            (elsewhere::place(2), (line!(), 14)),
        ]
    };
    places.await
}

#[test]
fn of_plain_calls_in_an_async_block() {
    for (place, expected) in suspends(0, calls_in_an_async_block) {
        assert_eq!(place, expected);
    }
}
