//! A constructor in lower case reads like a function.
#![allow(non_camel_case_types)]
use vthread::prelude::*;

struct meters(u32);

#[vthread]
fn f() -> u32 {
    meters(3).0
}

fn main() {}
