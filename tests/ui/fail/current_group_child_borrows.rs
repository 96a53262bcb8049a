#![deny(warnings)]
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn starts(words: &[String]) {
    let g = Group::current();
    spawn!(g => {
        println!("{}", words.len());
    });
}

fn main() {
    starts(&[]);
}
