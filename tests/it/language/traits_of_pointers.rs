//! Vthread traits that a pointer to a type implements, and perhaps the type does not.

use super::proof::{begin, give, suspends};
use std::sync::Arc;
use vthread::prelude::*;

struct Borrowed(u32);
struct Shared(u32);

#[vthread]
trait Store {
    fn load(&self) -> u32;
}

#[vthread]
impl Store for &Borrowed {
    fn load(&self) -> u32 {
        give(self.0)
    }
}

#[vthread]
impl Store for Arc<Shared> {
    fn load(&self) -> u32 {
        give(self.0)
    }
}

#[vthread]
trait Both {
    fn both(&self) -> u32;
}

#[vthread]
impl Both for Borrowed {
    fn both(&self) -> u32 {
        give(self.0)
    }
}

#[vthread]
impl Both for &Borrowed {
    fn both(&self) -> u32 {
        give(self.0 + 1)
    }
}

#[vthread]
impl<T: Both + ?Sized> Both for Box<T> {
    fn both(&self) -> u32 {
        (**self).both()
    }
}

#[vthread]
trait Generic {
    fn generic(&mut self) -> u32;
}

struct Wrapped<T>(T);

#[vthread]
impl<'a, T: Send + Sync> Generic for &'a mut Wrapped<T> {
    fn generic(&mut self) -> u32 {
        give(9)
    }
}

#[vthread]
fn of(store: impl Store) -> u32 {
    store.load()
}

#[vthread]
fn all() -> Vec<u32> {
    begin().await;
    let (borrowed, shared) = (Borrowed(1), Arc::new(Shared(3)));
    let (reference, mut wrapped) = (&borrowed, Wrapped(()));
    let mut wrapped = &mut wrapped;
    let _ = &wrapped.0;
    vec![
        reference.load(),
        (&borrowed).load(),
        shared.load(),
        of(&borrowed),
        of(Arc::clone(&shared)),
        borrowed.both(),
        (&&borrowed).both(),
        Box::new(Borrowed(5)).both(),
        wrapped.generic(),
    ]
}

#[test]
fn t13_a_pointer_implements_a_trait_that_its_target_does_not() {
    assert_eq!(suspends(9, all), [1, 1, 3, 1, 3, 1, 2, 5, 9]);
}
