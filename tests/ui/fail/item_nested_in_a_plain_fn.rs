//! A vthread function inside a plain function cannot be found through its companion module.
use vthread::prelude::*;

fn main() {
    #[vthread]
    fn double(n: u32) -> u32 {
        n * 2
    }

    let _: u32 = double(1);
}
