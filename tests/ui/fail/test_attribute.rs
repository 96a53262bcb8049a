//! `#[test]` or `#[vthread]` as well, and on something that is no function.

#[vthread::test]
#[test]
fn twice() {}

#[vthread::test]
#[vthread::vthread]
fn of_both() {}

#[vthread::vthread]
#[vthread::test]
fn the_other_way_round() {}

#[vthread::test]
struct Suite;

fn main() {}
