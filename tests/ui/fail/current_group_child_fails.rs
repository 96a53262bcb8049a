#![deny(warnings)]
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn starts(text: String) {
    let g = Group::current();
    spawn!(g => {
        let n: u32 = text.parse()?;
        println!("{n}");
    });
}

fn main() {
    starts(String::new());
}
