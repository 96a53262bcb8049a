use std::rc::Rc;
use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) -> Option<u32> {
    race!(error = (), for mirror in mirrors => {
        let n = Rc::new(*mirror);
        vthread::yield_now();
        Ok(*n)
    })
    .ok()
}

fn main() {
    any(&[]);
}
