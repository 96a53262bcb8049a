//! A trait object with `'scope` in its bound does not hand out a longer one.
use vthread::Group;

trait Give<'out> {
    fn give(&self) -> &Group<'out, String>;
}

impl<'scope, 'out> Give<'out> for Group<'scope, String> {
    fn give(&self) -> &Group<'out, String> {
        self
    }
}

fn main() {}
