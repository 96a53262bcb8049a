use vthread::prelude::*;

#[vthread]
fn prints(names: Vec<String>) -> usize {
    for name in names {
        println!("{name}");
    }
    names.len()
}

fn main() {
    prints(vec![]);
}
