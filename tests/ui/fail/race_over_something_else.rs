use vthread::prelude::*;

#[vthread]
fn any(mirror: u32) -> Option<u32> {
    race!(error = (), for mirror in mirror => Ok(mirror)).ok()
}

fn main() {
    any(1);
}
