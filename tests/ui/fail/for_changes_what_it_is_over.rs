use vthread::prelude::*;

#[vthread]
fn doubles(mut numbers: Vec<u32>) {
    for n in &numbers {
        numbers.push(*n);
    }
}

fn main() {
    doubles(vec![]);
}
