//! One lifetime for the group and for what a child borrows does not make them the same.
use vthread::Group;
use vthread::prelude::*;

fn same<'a>(g: &Group<'a, String>, _: &'a str) -> &'a str {
    g.cancel();
    ""
}

#[vthread]
fn f() -> Result<(), String> {
    group!(g => {
        let name = String::from("x");
        same(g, &name);
    })
}

fn main() {}
