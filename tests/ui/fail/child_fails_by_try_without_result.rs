//! `?` in a child of a function that returns no `Result`.
use vthread::prelude::*;

#[vthread]
fn f(text: &str) {
    group! {
        spawn! {
            let n: u32 = text.parse()?;
            println!("{n}");
        }
    }
}

fn main() {}
