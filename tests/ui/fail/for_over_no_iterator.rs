use vthread::prelude::*;

#[vthread]
fn sums(n: u32) -> u32 {
    let mut sum = 0;
    for i in n {
        sum += i;
    }
    sum
}

fn main() {
    sums(1);
}
