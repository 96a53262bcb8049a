//! A shorter `'scope` would let children borrow what ends too early.
use vthread::Group;

pub fn shrink<'short, 'long: 'short>(
    g: &'short Group<'long, String>,
) -> &'short Group<'short, String> {
    g
}

fn main() {}
