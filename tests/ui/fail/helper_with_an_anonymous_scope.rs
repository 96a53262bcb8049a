//! A helper that spawns into its caller's group has to say how long what it borrows lives.
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn helper(g: &Group<'_, String>, names: &[String]) {
    for name in names {
        spawn!(g => { println!("{name}"); });
    }
}

fn main() {}
