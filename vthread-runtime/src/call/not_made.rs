//! What plain code asks of a call as if it were the value, where `.block()` was forgotten: rustc
//! finds an answer whose condition is never met, and names the condition. That names the way out.

use crate::task::call::Call;
use std::cmp::Ordering;
use std::fmt;
use std::ops;

/// No call is: `.block()` makes it, and gives the value.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this call of a vthread method has not been made",
    label = "write `.block()` after it: it makes the call and blocks until done"
)]
pub trait IsMadeByBlock {}

macro_rules! asked_of_values {
    ($($method:ident)*) => {
        #[doc(hidden)]
        #[allow(missing_docs, clippy::missing_docs_in_private_items, clippy::should_implement_trait)]
        impl<R, F> Call<R, F>
        where
            Self: IsMadeByBlock,
        {
            $(pub fn $method(self) -> R {
                unreachable!("no call has it")
            })*
        }
    };
}

asked_of_values! {
    and_then as_bytes as_deref as_mut as_ref as_slice as_str clear cloned collect contains copied expect expect_err
    extend filter first flatten get get_mut insert into_iter is_empty is_err is_none is_ok is_some iter iter_mut join keys
    last len lines map map_err next ok ok_or parse pop push push_str remove split take to_owned to_string trim unwrap
    unwrap_err unwrap_or unwrap_or_default unwrap_or_else values
}

impl<R, F> fmt::Display for Call<R, F>
where
    Self: IsMadeByBlock,
{
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unreachable!("no call has it")
    }
}

impl<R, F, O> PartialEq<O> for Call<R, F>
where
    Self: IsMadeByBlock,
{
    fn eq(&self, _: &O) -> bool {
        unreachable!("no call has it")
    }
}

impl<R, F, O> PartialOrd<O> for Call<R, F>
where
    Self: IsMadeByBlock,
{
    fn partial_cmp(&self, _: &O) -> Option<Ordering> {
        unreachable!("no call has it")
    }
}

impl<R, F, I> ops::Index<I> for Call<R, F>
where
    Self: IsMadeByBlock,
{
    type Output = R;
    fn index(&self, _: I) -> &R {
        unreachable!("no call has it")
    }
}

/// What plain code finds behind a [`Call`] where it looks for the value of the call. It exists for
/// rustc's messages, which name it:
///
/// ```text
/// cannot add `{integer}` to `WriteBlockToMakeTheCall`
///   |  *mutex.lock() + 1
///
/// no field `name` on type `Call<User, ..>`
///   |  client.user().name
///   = note: available field is: `write_block_to_make_the_call`
/// ```
///
/// The way out is [`block`](Call::block): `*mutex.lock().block() + 1`. A program that gets as far
/// as to use this value is not built; `cargo check` alone does not see it.
#[derive(Debug)]
pub struct WriteBlockToMakeTheCall /* as in `*mutex.lock().block()` */ {
    /// Stands in the message about an unknown field of the call.
    pub write_block_to_make_the_call: (),
}

#[doc(hidden)]
impl<R, F> ops::Deref for Call<R, F> {
    type Target = WriteBlockToMakeTheCall;
    fn deref(&self) -> &WriteBlockToMakeTheCall {
        // It depends on `F`, so that rustc does not evaluate it before there is a use.
        const {
            assert!(
                size_of::<F>() > isize::MAX as usize,
                "this call of a vthread method has not been made: write `.block()` after it, which makes it and blocks until done"
            );
        }
        unreachable!("no program compiles that gets here")
    }
}

macro_rules! operators {
    ($($operator:ident $method:ident)*) => {
        $(impl<R, F, O> ops::$operator<O> for Call<R, F>
        where
            Self: IsMadeByBlock,
        {
            type Output = R;
            fn $method(self, _: O) -> R {
                unreachable!("no call has it")
            }
        })*
    };
}

operators! { Add add Sub sub Mul mul Div div Rem rem }

macro_rules! unary_operators {
    ($($operator:ident $method:ident)*) => {
        $(impl<R, F> ops::$operator for Call<R, F>
        where
            Self: IsMadeByBlock,
        {
            type Output = R;
            fn $method(self) -> R {
                unreachable!("no call has it")
            }
        })*
    };
}

unary_operators! { Neg neg Not not }
