//! Inside the block `take` is a plain function, and the module of the vthread one is still seen.
use vthread::prelude::*;

mod pool {
    use vthread::prelude::*;

    #[vthread]
    pub fn take(n: u32) -> u32 {
        n
    }
    pub fn put(n: u32) -> u32 {
        n
    }
}
use pool::take;

#[vthread]
fn f() -> u32 {
    let first = take(1);
    let second = {
        use pool::put as take;
        take(1)
    };
    first + second
}

fn main() {
    f();
}
