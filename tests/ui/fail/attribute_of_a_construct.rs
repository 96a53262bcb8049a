use vthread::prelude::*;

#[vthread]
fn deferred() {
    #[allow(unused_must_use)]
    defer! { println!("the end"); }
}

#[vthread]
fn with_parameters() -> u32 {
    let f = vthread::closure!(|#[allow(unused)] a: u32, b: u32| a + b);
    drop(f);
    1
}

fn main() {}
