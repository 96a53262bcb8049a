//! Names that a condition, a pattern or an item of the body gives another meaning than the module
//! does.

#![allow(clippy::non_minimal_cfg)] // Conditions in all forms.

use super::proof::{begin, suspends};
use other::{step, work};
use vthread::prelude::*;

mod other {
    use super::super::proof::pause;

    #[vthread::vthread]
    pub(super) fn work() -> u32 {
        pause();
        1
    }

    #[vthread::vthread]
    pub(super) fn step(n: u32) -> u32 {
        pause();
        n + 1
    }

    #[vthread::vthread]
    pub(super) fn first(text: &String) -> &str {
        pause();
        &text[..1]
    }
}

#[vthread]
fn by_conditions() -> Vec<u32> {
    begin().await;
    let mut out = Vec::new();
    {
        #[cfg(any())]
        let work = || 5;
        out.push(work());
    }
    {
        #[cfg(all())]
        let work = || 5;
        out.push(work());
    }
    {
        // Neither of two, whose conditions are not opposite.
        #[cfg(any())]
        let step = |n: u32| n * 100;
        #[cfg(all(any()))]
        let step = |n: u32| n * 100;
        out.push(step(step(step(1))));
    }
    {
        #[cfg_attr(all(), cfg(any()))]
        let step = |n: u32| n * 100;
        out.push(step(1));
        #[cfg_attr(any(), cfg(any()))]
        let step = |n: u32| n * 100;
        out.push(step(1));
    }
    {
        #[cfg(any())]
        let Some(step) = Some(|n: u32| n * 100) else {
            return out;
        };
        let found: Result<u32, ()> = Ok(3);
        let n = step(match found {
            Ok(n) => n,
            Err(()) => return out,
        });
        out.push(n);
    }
    out
}

#[test]
fn t01_a_variable_that_is_compiled_out_is_none() {
    assert_eq!(suspends(6, by_conditions), [1, 5, 4, 2, 100, 4]);
}

#[vthread]
fn of_temporaries() -> usize {
    use other::first;
    begin().await;
    #[cfg(any())]
    let first = |_: &String| "abc";
    first(&String::from("abc")).len()
}

#[test]
fn t01_temporaries_of_such_a_call_live_as_long_as_in_plain_code() {
    assert_eq!(suspends(1, of_temporaries), 1);
}

struct Parts {
    #[cfg(any())]
    work: fn() -> u32,
    n: u32,
}

#[vthread]
impl Parts {
    fn all(&self, #[cfg(any())] work: fn() -> u32, n: u32) -> u32 {
        work() + n + self.n
    }
}

#[vthread]
fn by_patterns() -> Vec<u32> {
    begin().await;
    let parts = Parts { n: 2 };
    let mut out = vec![parts.all(3)];
    let Parts {
        #[cfg(any())]
        work,
        n,
    } = parts;
    out.push(work() + n);
    match (Parts { n: 4 }) {
        Parts {
            #[cfg(any())]
            work,
            n,
        } if work() < n => out.push(work() + n),
        Parts { .. } => {}
    }
    out
}

#[test]
fn t01_fields_and_parameters_that_are_compiled_out_bind_nothing() {
    assert_eq!(suspends(4, by_patterns), [6, 3, 5]);
}

#[vthread]
#[allow(non_camel_case_types, dead_code)]
fn by_items() -> Vec<u32> {
    begin().await;
    let mut out = Vec::new();
    {
        #[cfg(any())]
        #[vthread]
        fn work() -> u32 {
            7
        }
        out.push(work());
    }
    {
        #[cfg(any())]
        fn step(n: u32) -> u32 {
            n * 100
        }
        #[cfg(all())]
        #[vthread]
        fn step(n: u32) -> u32 {
            other::work();
            n * 10
        }
        out.push(step(1));
    }
    {
        // Modules and types of the body have another namespace than functions.
        mod work {}
        struct step {}
        out.push(work() + step(1));
    }
    {
        trait work {}
        type step = u32;
        out.push(work() + step(1));
    }
    out
}

#[test]
fn t01_items_of_the_body_hide_no_function_of_another_namespace() {
    assert_eq!(suspends(6, by_items), [1, 10, 3, 3]);
}
