use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) -> Option<u32> {
    race!(error = (), for mirror in mirrors => Ok(*mirror), else => return None, _ => 1).ok()
}

fn main() {
    any(&[]);
}
