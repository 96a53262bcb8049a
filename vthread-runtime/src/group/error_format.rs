//! How an event formats the error of a group: as its type allows.
//!
//! A group's error type need not be printable. The macro cannot see the type, but rustc answers by
//! types (`base/type_question.rs`): an error is formatted by `Display`, or else by `Debug`, or else
//! as the name of its type.

use super::owner::Owner;
use crate::base::type_question::{Answer, Asked, answers, ask};
use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;

/// How is an `E` formatted?
#[derive(Debug)]
pub struct FormatChoice<E>(PhantomData<fn(&E)>);

/// Asks about the error type of a group.
pub fn error_format<E>(_: &Owner<E>) -> Asked<FormatChoice<E>, 0> {
    ask()
}

answers! {
    /// By `Display`.
    0 [E: fmt::Display] FormatChoice<E> => ByDisplay;
    /// By `Debug`.
    1 [E: fmt::Debug] FormatChoice<E> => ByDebug;
    /// By the name of its type.
    2 [E] FormatChoice<E> => ByName;
}

/// A way to format an `E`.
pub trait FormatsError<E>: Answer {
    /// Formats it.
    fn format(error: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result;
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
            impl<$($generics)*> FormatsError<E> for $name {
                fn format($error: &E, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    /// Sets how this group's errors are formatted. Called before the group is open.
    #[inline(always)]
    pub fn set_error_format<K: FormatsError<E>>(&self, _: K) {
        self.formatter.set(K::format);
    }
}
