//! Only a borrowed handle leaves `group!`: it is not copied.
use vthread::Group;

pub fn keep<'scope>(g: &Group<'scope, String>) -> Group<'scope, String> {
    g.clone()
}

fn main() {}
