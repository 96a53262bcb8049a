//! How the error of a group is written in an event: as its type allows.
//!
//! A group's error type need not be printable. The macro cannot see what it is, but rustc answers by types
//! (`base/type_question.rs`): an error is written by `Display`, or else by `Debug`, or else by the name of its type.

use super::owner::Owner;
use crate::base::type_question::{Answer, Asked, answers, ask};
use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;

/// How is an `E` written?
#[derive(Debug)]
pub struct FormatChoice<E>(PhantomData<fn(&E)>);

/// Asks about the error type of a group.
pub fn telling<E>(_: &Owner<E>) -> Asked<FormatChoice<E>, 0> {
    ask()
}

answers! {
    /// As `Display` does.
    0 [E: fmt::Display] FormatChoice<E> => ByDisplay;
    /// As `Debug` does.
    1 [E: fmt::Debug] FormatChoice<E> => ByDebug;
    /// The name of its type has to do.
    2 [E] FormatChoice<E> => ByName;
}

/// A way to write an `E`.
pub trait Tells<E>: Answer {
    /// Writes it.
    fn tell(error: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

macro_rules! ways {
    ($($(#[$doc:meta])* $name:ident of [$($generics:tt)*]: |$error:ident, $f:ident| $written:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;
            impl Answer for $name {
                const IT: Self = $name;
            }
            impl<$($generics)*> Tells<E> for $name {
                fn tell($error: &E, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    $written
                }
            }
        )*
    };
}

ways! {
    /// By `Display`.
    ByDisplay of [E: fmt::Display]: |error, f| error.fmt(f);
    /// By `Debug`.
    ByDebug of [E: fmt::Debug]: |error, f| error.fmt(f);
    /// By the name of the type.
    ByName of [E]: |_error, f| write!(f, "an error of type {}", type_name::<E>());
}

impl<E> Owner<E> {
    /// How this group's errors are written. Before it is open.
    #[inline(always)]
    pub fn tells<K: Tells<E>>(&self, _: K) {
        self.formatter.set(K::tell);
    }
}
