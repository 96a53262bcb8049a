//! The namespace probe: is there a companion module beside the function that a path names?

use super::choice::{IsCall, IsPlain, NotCall, NotPlain, Which};
use crate::group::call::FunctionKind;
use std::future::Future;
use std::marker::PhantomData;

impl FunctionKind {
    /// A vthread function: the call suspends.
    #[inline(always)]
    pub fn which<F: Future>(&self) -> Which<NotPlain<F>, IsCall<F>> {
        Which::Call(IsCall(PhantomData))
    }
}

/// The kind of every function without a companion module.
pub struct PlainKind;

impl PlainKind {
    /// An ordinary function.
    #[inline(always)]
    pub fn which<X>(&self) -> Which<IsPlain<X>, NotCall<X>> {
        Which::Plain(IsPlain(PhantomData))
    }
}

/// What the path is taken for where it names no module: it shadows nothing.
pub mod none {}

/// What the probe sees where no companion module shadows it.
pub mod no {
    /// An ordinary function.
    pub const __VTHREAD_KIND: super::PlainKind = super::PlainKind;
}
