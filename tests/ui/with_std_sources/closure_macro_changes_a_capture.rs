use vthread::{map_concurrent, prelude::*};

fn main() {
    let mut sum = 0;
    map_concurrent([1, 2], 2, closure!(|n: u32| sum += n));
    println!("{sum}");
}
