//! A child's body does not stand in the macros' unsafe code.
use vthread::prelude::*;

unsafe fn danger() -> u32 {
    1
}

#[vthread]
fn f() {
    group! {
        spawn! { println!("{}", danger()); }
    }
}

fn main() {}
