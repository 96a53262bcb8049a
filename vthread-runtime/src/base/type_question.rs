//! Questions that rustc answers by types: `question[()]` is the answer.
//!
//! A choice by type needs a look-up in steps. Method look-up has such steps, but every trait in
//! scope takes part in it: a user's `impl<T> Spy for T` with a method of the same name and `self`
//! by value would come first. The look-up of `[]` goes the same way, from a type to what it
//! dereferences to, and asks std's `Index` alone. No other crate can implement `Index<()>` or
//! `Deref` for a type of ours.
//!
//! A question is an [`Asked`] at step 0, which dereferences to itself at the next step. Each answer
//! that depends on types has a step of its own; the last one depends on nothing. Questions are
//! asked in dead code: the answer is extracted by its type, with [`chosen`].
//!
//! Generated code that uses method syntax on our values calls inherent methods that take `self` by
//! value, on `Copy` types: look-up finds these first, before all traits.

use std::marker::PhantomData;
use std::ops::Deref;

/// A question at one of its steps.
#[allow(missing_debug_implementations)]
pub struct Asked<Q, const STEP: usize>(PhantomData<fn() -> Q>);

impl<Q, const STEP: usize> Copy for Asked<Q, STEP> {}
impl<Q, const STEP: usize> Clone for Asked<Q, STEP> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Asks the question `Q`.
#[inline(always)]
pub(crate) fn ask<Q>() -> Asked<Q, 0> {
    Asked(PhantomData)
}

macro_rules! steps {
    ($($step:literal then $next:literal,)*) => {
        $(impl<Q> Deref for Asked<Q, $step> {
            type Target = Asked<Q, $next>;
            fn deref(&self) -> &Self::Target {
                unreachable!("stands in dead code only")
            }
        })*
    };
}

steps! {
    0 then 1,
    1 then 2,
    2 then 3,
    3 then 4,
    4 then 5,
    5 then 6,
    6 then 7,
}

/// The answers to a question: `step [generics] question where bounds => answer;`
macro_rules! answers {
    ($($(#[$doc:meta])* $step:literal [$($generics:tt)*] $question:ty $(where {$($bounds:tt)*})? => $answer:ty;)*) => {
        $(
            $(#[$doc])*
            impl<$($generics)*> ::std::ops::Index<()> for $crate::base::type_question::Asked<$question, $step>
            $(where $($bounds)*)?
            {
                type Output = $answer;
                fn index(&self, (): ()) -> &$answer {
                    unreachable!("stands in dead code only")
                }
            }
        )*
    };
}
pub(crate) use answers;

/// An answer; its type carries all of it.
pub trait Answer {
    /// The only value of the type.
    const IT: Self;
}

/// The answer that the dead code beside it has chosen.
#[inline(always)]
pub fn chosen<K: Answer>() -> K {
    K::IT
}

impl<T> Answer for PhantomData<T> {
    const IT: Self = PhantomData;
}
