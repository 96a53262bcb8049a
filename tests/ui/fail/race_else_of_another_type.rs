use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) -> Option<u32> {
    race!(error = (), for mirror in mirrors => Ok(*mirror), else => 0).ok()
}

fn main() {
    any(&[]);
}
