//! Two methods that call each other have a frame of no finite size.
use vthread::prelude::*;

struct Walk;

#[vthread]
impl Walk {
    fn down(&self, n: u32) -> u32 {
        if n == 0 { 0 } else { self.up(n - 1) }
    }

    fn up(&self, n: u32) -> u32 {
        if n == 0 { 1 } else { self.down(n - 1) }
    }
}

fn main() {}
