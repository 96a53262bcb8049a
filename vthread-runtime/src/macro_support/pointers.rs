//! Suspending methods through std's pointers and guards.
//!
//! A blanket impl over `Deref` would collide with user types that have both; user types that
//! implement `Deref` are found by further levels of the probe.

use crate::task::call::Suspends;
use std::ops::Deref;
use std::pin::Pin;

macro_rules! through {
    ($($pointer:ty),* $(,)?) => {
        $(#[diagnostic::do_not_recommend]
        impl<T: ?Sized + Suspends<NAME>, const NAME: u64> Suspends<NAME> for $pointer {})*
    };
}

through! {
    &T,
    &mut T,
    Box<T>,
    std::rc::Rc<T>,
    std::sync::Arc<T>,
    std::mem::ManuallyDrop<T>,
    std::cell::Ref<'_, T>,
    std::cell::RefMut<'_, T>,
    std::sync::MutexGuard<'_, T>,
    std::sync::RwLockReadGuard<'_, T>,
    std::sync::RwLockWriteGuard<'_, T>,
}

#[diagnostic::do_not_recommend]
impl<P: Deref, const NAME: u64> Suspends<NAME> for Pin<P> where P::Target: Suspends<NAME> {}
