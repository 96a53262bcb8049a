//! A test has no arguments, and no type parameters.

#[vthread::test]
fn adds(a: u32, b: u32) {
    assert_eq!(a + b, 3);
}

#[vthread::test]
fn holds<T: Default>() {
    let _ = T::default();
}

fn main() {}
