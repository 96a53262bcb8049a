//! Macros of vthread by `#[macro_use]`, beside a function and a variable of their names.
#![deny(warnings)]

#[macro_use]
extern crate vthread;

fn select() -> u32 {
    1
}

#[vthread::vthread]
fn main() {
    let n = select! { n = select() => n };
    let group = group! { n };
    let again = group! { group };
    assert_eq!(n + again, 2);
}
