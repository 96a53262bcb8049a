use vthread::{map_concurrent, prelude::*};

fn main() {
    let mut words = vec![String::from("a")];
    map_concurrent(&mut words, 2, closure!(|word| word.push_str(&words[0])));
}
