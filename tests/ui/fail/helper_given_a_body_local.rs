//! What a helper's children borrow has to live around the group.
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn helper<'scope>(g: &Group<'scope, String>, name: &'scope str) {
    spawn!(g => { println!("{name}"); });
}

#[vthread]
fn f() -> Result<(), String> {
    group!(g => {
        let name = String::from("x");
        helper(g, &name);
    })
}

fn main() {}
