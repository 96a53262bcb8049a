//! A child's error borrows from the child.
use vthread::prelude::*;

#[vthread]
fn f(is_bad: bool) -> Result<(), &'static str> {
    group! {
        spawn! {
            let reason = String::from("bad");
            if is_bad {
                Err(reason.as_str())?;
            }
        }
    }
}

fn main() {}
