use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) -> Option<u32> {
    race!(limit = 3, error = (), for mirror in mirrors => *mirror).ok()
}

fn main() {
    any(&[]);
}
