use std::time::Duration;
use vthread::prelude::*;

#[vthread]
fn read(path: &'static str) {
    group! {
        spawn! {
            let read = timeout!(Duration::from_secs(1) => { std::fs::read(path)?.len() });
            drop(read);
        }
    }
}

fn main() {
    read("x");
}
