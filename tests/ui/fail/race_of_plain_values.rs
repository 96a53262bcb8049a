use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) -> u32 {
    let first = race!(for mirror in mirrors => *mirror + 1);
    first.unwrap()
}

fn main() {
    any(&[]);
}
