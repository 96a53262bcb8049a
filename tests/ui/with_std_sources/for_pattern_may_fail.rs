use vthread::prelude::*;

#[vthread]
fn sums(numbers: Vec<Option<u32>>) -> u32 {
    let mut sum = 0;
    for Some(n) in numbers {
        sum += n;
    }
    sum
}

fn main() {
    sums(vec![]);
}
