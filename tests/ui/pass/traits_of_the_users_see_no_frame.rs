//! A trait of the user's for references to groups, with the names that a macro might call.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(dead_code)] // Nothing calls the traits: that is the point.

use vthread::{Group, prelude::*};

trait Spy: Sized {
    fn spawn<F>(self, _: F) {
        panic!("a frame in the user's hands");
    }
    fn dup(self) -> Self {
        panic!("a handle in the user's hands");
    }
    fn err(self) -> String {
        panic!("an error in the user's hands");
    }
    fn error_type(self) -> std::marker::PhantomData<fn() -> String> {
        panic!("a type in the user's hands");
    }
    fn run<F>(self, _: F) {
        panic!("a frame in the user's hands");
    }
}

impl Spy for Group<'_, String> {}
impl Spy for &Group<'_, String> {}
impl Spy for &&Group<'_, String> {}
impl Spy for &&&Group<'_, String> {}

trait SpyOnAll: Sized {
    fn finish<E>(self, _: E) {
        panic!("a result in the user's hands");
    }
    fn take(self) -> Self {
        panic!("a capture in the user's hands");
    }
    fn fut(self) -> Self {
        panic!("a frame in the user's hands");
    }
    fn into_future(self) -> Self {
        panic!("a frame in the user's hands");
    }
    fn poll(self) -> Self {
        panic!("a frame in the user's hands");
    }
    fn wait(self) -> Self {
        panic!("a frame in the user's hands");
    }
}

impl<T> SpyOnAll for T {}

#[vthread]
fn helper<'scope>(g: &Group<'scope, String>, name: &'scope str) {
    spawn!(g => { assert_eq!(name, "x"); });
    let g = &g;
    spawn!(g => { assert_eq!(name, "x"); });
}

#[vthread]
fn f() -> Result<usize, String> {
    let name = String::from("x");
    group!(g => {
        helper(g, &name);
        let task = spawn!(g => { name.len() });
        task.join()
    })
}

fn main() {
    assert_eq!(f(), Ok(1));
}
