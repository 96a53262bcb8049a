//! A constructor in lower case reads like a function, where the module does not show that it is a
//! struct's.
#![allow(non_camel_case_types)]
use units::meters;
use vthread::prelude::*;

mod units {
    pub struct meters(pub u32);
}

struct feet(u32);

#[vthread]
fn f() -> u32 {
    meters(3).0
}

#[vthread]
fn of_the_module() -> u32 {
    feet(3).0
}

fn main() {}
