//! A trait object does not forget `'scope`.
use std::any::Any;
use vthread::Group;

pub fn grow<'a>(g: &'a Group<'a, String>) -> &'a Group<'static, String> {
    let any: &dyn Any = g;
    any.downcast_ref().unwrap()
}

fn main() {}
