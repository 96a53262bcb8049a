use vthread::prelude::*;

fn main() {
    let double = closure!(|n: u32| n * 2);
    println!("{}", double(2));
}
