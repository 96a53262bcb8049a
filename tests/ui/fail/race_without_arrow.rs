use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) -> Result<u32, vthread::Failures<()>> {
    race!(for mirror in mirrors { Ok(*mirror) })
}

fn main() {
    let _ = any(&[]);
}
