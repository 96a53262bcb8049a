//! The methods of a vthread trait are announced type by type.
use vthread::prelude::*;

#[vthread]
trait Twice {
    fn twice(&self) -> u32;
}

#[vthread]
impl<R: Into<u32> + Copy + Send + Sync> Twice for R {
    fn twice(&self) -> u32 {
        (*self).into() * 2
    }
}

fn main() {}
