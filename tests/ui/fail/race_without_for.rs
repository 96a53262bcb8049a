use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) -> Result<u32, vthread::Failures<()>> {
    race!(mirrors => { Ok(1) })
}

fn main() {
    let _ = any(&[]);
}
