//! What a helper hands to children must live for `'scope`.
use vthread::{Group, prelude::*};

#[vthread]
fn helper(g: &Group<'_, ()>, words: &[String]) {
    for word in words {
        spawn!(g => { drop(word.len()); });
    }
}

#[vthread]
fn scoped<'scope>(g: &Group<'scope, ()>, word: &'scope str) {
    spawn!(g => { drop(word.len()); });
}

#[vthread]
fn lends_a_local() -> Result<(), ()> {
    group!(g => {
        let word = String::from("x");
        scoped(g, &word);
    })
}

fn main() {}
