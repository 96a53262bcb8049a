//! A vthread method that changes what its caller was handed by a shared reference.
use vthread::prelude::*;

struct Counter(u32);

#[vthread]
impl Counter {
    fn add(&mut self) {
        self.0 += 1;
    }
}

#[vthread]
fn counts(counter: &Counter) {
    counter.add();
}

fn main() {
    counts(&Counter(1));
}
