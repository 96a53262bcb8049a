//! A crate that bears the name `tracing`, and is none, is given no frame by `#[instrument]`: it
//! could poll it, and forget it while its children run.

#![allow(missing_docs)] // It stands in for a public crate.

extern crate self as tracing;
extern crate tracing as real;

pub use real::*;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::prelude::*;

/// How often a span was entered.
static N_ENTRIES: AtomicUsize = AtomicUsize::new(0);

/// In the place of the trait that wraps a future.
pub trait Instrument: Sized {
    fn instrument(self, _: Span) -> std::future::Pending<()> {
        panic!("it was given a frame")
    }
}
impl<T> Instrument for T {}

#[derive(Debug)]
pub struct Span;

impl Span {
    pub fn enter(&self) {}

    /// It calls the code once, never, several times, or panics, by turns.
    pub fn in_scope(&self, mut code: impl FnMut()) {
        let n = N_ENTRIES.fetch_add(1, Ordering::Relaxed);
        for _ in 0..n % 4 {
            code();
        }
        if n.is_multiple_of(5) {
            resume_unwind(Box::new("from a span"));
        }
    }
}

#[macro_export]
macro_rules! span {
    ($($arguments:tt)*) => {
        $crate::Span
    };
}

#[vthread]
#[instrument(skip_all)]
fn adds(numbers: &[usize], sum: &AtomicUsize) {
    group! {
        for number in numbers {
            spawn! {
                vthread::yield_now();
                sum.fetch_add(*number, Ordering::Relaxed);
            };
        }
    };
}

#[test]
fn what_bears_the_name_of_tracing_is_given_no_frame() {
    for n in 1..50_usize {
        let sum = AtomicUsize::new(0);
        let numbers: Vec<usize> = (1..=n).collect();
        adds(&numbers, &sum);
        drop(numbers);
        assert_eq!(sum.into_inner(), n * (n + 1) / 2);
    }
    assert!(N_ENTRIES.load(Ordering::Relaxed) > 50);
}
