//! A child of a function that returns no `Result` ends with a written `Err`.
use vthread::prelude::*;

#[vthread]
fn f(is_bad: bool) {
    group! {
        spawn! {
            if is_bad {
                return Err("bad");
            }
            Ok(())
        }
    }
}

fn main() {}
