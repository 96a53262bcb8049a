//! `Trait::make()` whose type comes only from its context.
use vthread::prelude::*;

trait Make {
    fn make() -> Self;
}

impl Make for u8 {
    fn make() -> u8 {
        1
    }
}

#[vthread]
fn f() -> u8 {
    let n: u8 = Make::make();
    n
}

fn main() {}
