//! A name bound in the group's body moves into the child that uses it.
use vthread::prelude::*;

#[vthread]
fn used_after() {
    group! {
        let text = String::from("x");
        spawn! { drop(text.len()); }
        println!("{text}");
    }
}

#[vthread]
fn used_after_an_inner_group() {
    group!(g => {
        for i in 0..2 {
            let text = format!("{i}");
            group! {
                spawn!(g => { drop(text.len()); });
            }
            drop(text);
        }
    })
}

fn main() {}
