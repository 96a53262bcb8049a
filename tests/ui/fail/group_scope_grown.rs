//! A longer `'scope` would keep nothing alive.
use vthread::Group;

pub fn grow<'a>(g: &'a Group<'a, String>) -> &'a Group<'static, String> {
    g
}

fn main() {}
