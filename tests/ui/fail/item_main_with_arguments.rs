//! `main` takes no arguments, with `#[vthread]` as without.
use vthread::prelude::*;

#[vthread]
fn main(args: Vec<String>) {
    drop(args);
}
