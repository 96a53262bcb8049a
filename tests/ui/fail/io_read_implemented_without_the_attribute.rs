//! An `impl` of a trait of `vthread::io` needs the attribute, as that of any vthread trait.

use vthread::io::{self, Read};

struct Mine;

impl Read for Mine {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

fn main() {
    let _ = Mine.read(&mut [0]);
}
