//! The error of a child of the process has to say something to the reader of the log.
use vthread::prelude::*;

struct Mute;

#[vthread]
fn fails() -> Result<u32, Mute> {
    Err(Mute)
}

fn main() {
    background! {
        let n = fails()?;
        println!("{n}");
    };
}
