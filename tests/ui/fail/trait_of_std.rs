//! A trait of std cannot be implemented by methods that suspend.
use vthread::prelude::*;

struct Pages(u32);

#[vthread]
impl Iterator for Pages {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

fn main() {
    println!("{}", Pages(3).count());
}
