//! The attribute goes on functions, `impl`s and traits; other items stay as they are.
use vthread::prelude::*;

#[vthread]
struct Point(u32);

#[vthread]
mod inner {
    pub fn plain() {}
}

fn main() {
    let point = Point(1);
    println!("{}", point.0);
    inner::plain();
}
