#![deny(unused_must_use)]
use vthread::prelude::*;

#[vthread]
fn any(mirrors: &[u32]) {
    race!(error = (), for mirror in mirrors => Ok(*mirror));
}

fn main() {
    any(&[]);
}
