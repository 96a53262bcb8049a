use vthread::{VthreadFn, prelude::*};

#[vthread]
fn once(f: impl VthreadFn<u32, Output = u32>) -> u32 {
    f.call(1)
}

fn main() {
    once(closure!(|text: String| text.len() as u32));
}
