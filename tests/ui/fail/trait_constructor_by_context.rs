//! `Trait::make()` whose type comes only from its context, and whose trait the file does not show.
use vthread::prelude::*;

macro_rules! declared {
    ($name:ident) => {
        trait $name {
            fn make() -> Self;
        }
    };
}

declared!(Make);

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
