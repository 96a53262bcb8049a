//! The helper's children fail with another error than the group's.
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn helper(g: &Group<'_, std::io::Error>) {
    spawn!(g => { vthread::yield_now(); });
}

#[vthread]
fn f() -> Result<(), String> {
    group!(g => { helper(g); })
}

fn main() {}
