//! A group's children must not fail with a shorter-lived error than the group's.
use vthread::Group;

pub fn shrink<'g, 'scope, 'short>(
    g: &'g Group<'scope, &'static str>,
) -> &'g Group<'scope, &'short str> {
    g
}

fn main() {}
