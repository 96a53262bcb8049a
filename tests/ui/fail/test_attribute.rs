//! `#[test]` as well, and on something that is no function.

#[vthread::test]
#[test]
fn twice() {}

#[vthread::test]
struct Suite;

fn main() {}
