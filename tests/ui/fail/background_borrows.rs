//! A child of the process outlives the function that starts it.
use vthread::prelude::*;

#[vthread]
fn f(words: &[String]) {
    background! {
        println!("{}", words.len());
    };
}

fn main() {
    f(&[]);
}
