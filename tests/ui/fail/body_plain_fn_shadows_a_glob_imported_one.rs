//! The glob brings the vthread `go` as a function and as a module; the plain, generic `go` shadows
//! the function only. The call must not be made to the vthread one silently: the condition hides
//! from the macro that the module declares a `go`.
use vthread::prelude::*;

mod wide {
    use vthread::prelude::*;

    #[vthread]
    pub fn go(n: u32) -> u32 {
        n
    }
}
use wide::*;

#[cfg(all())]
fn go<T: From<u32>>(n: u32) -> T {
    T::from(n)
}

#[vthread]
fn f() -> u32 {
    go(1)
}

fn main() {
    f();
}
