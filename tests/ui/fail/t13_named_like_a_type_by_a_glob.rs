//! A glob of the body brings a vthread function that has the name of a builtin type.

use vthread::vthread;

mod parsers {
    use vthread::vthread;

    #[vthread]
    pub fn u8(input: &str) -> u32 {
        vthread::yield_now();
        input.len() as u32
    }
}

#[vthread]
fn parse() -> u32 {
    use parsers::*;
    u8("12")
}

fn main() {
    parse();
}
