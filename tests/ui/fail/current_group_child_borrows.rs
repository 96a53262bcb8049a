#![deny(warnings)]
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn starts(words: &[String]) {
    let Some(g) = Group::current() else { return };
    spawn!(g => {
        println!("{}", words.len());
    });
}

fn main() {
    starts(&[]);
}
