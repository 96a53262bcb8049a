use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) {
    loop {
        let _ = race!(error = (), for mirror in mirrors => {
            if *mirror == 0 {
                break;
            }
            Ok(*mirror)
        });
    }
}

fn main() {
    any(&[]);
}
