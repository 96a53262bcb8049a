use vthread::prelude::*;

#[vthread]
fn counts<I>(items: I) -> usize {
    let mut n = 0;
    for _ in items {
        n += 1;
    }
    n
}

fn main() {
    counts(1);
}
