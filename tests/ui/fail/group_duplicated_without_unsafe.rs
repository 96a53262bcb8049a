//! What the macros use to copy a handle is unsafe.
use vthread::Group;

pub fn keep<'scope>(g: &Group<'scope, String>) -> Group<'scope, String> {
    g.dup()
}

fn main() {}
