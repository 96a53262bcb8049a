//! Only a borrowed handle leaves `group!`: it is not moved.
use vthread::Group;

pub fn keep<'scope>(g: &Group<'scope, String>) -> Group<'scope, String> {
    *g
}

fn main() {}
