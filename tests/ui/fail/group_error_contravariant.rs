//! Nor with a longer-lived one, which the body would be given.
use vthread::Group;

pub fn grow<'g, 'scope, 'short>(
    g: &'g Group<'scope, &'short str>,
) -> &'g Group<'scope, &'static str> {
    g
}

fn main() {}
