//! The macros of `vthread`. Programs use them through the facade crate.
#![forbid(unsafe_code)]

mod body;
mod errors;
mod group;
mod item;
mod names;

use proc_macro::TokenStream;

/// Makes a function, or every function of an `impl` or a `trait`, a vthread function.
#[proc_macro_attribute]
pub fn vthread(attr: TokenStream, item: TokenStream) -> TokenStream {
    item::expand(attr.into(), item.into()).into()
}

/// Marks a function of a `#[vthread] impl` or `#[vthread] trait` that stays an ordinary one.
#[proc_macro_attribute]
pub fn plain(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Opens a thread group, runs its body in the current vthread, and ends when the body and every
/// child have ended.
#[proc_macro]
pub fn group(tokens: TokenStream) -> TokenStream {
    group::plain::group(tokens.into()).into()
}

/// Starts a child in the innermost enclosing `group!`.
#[proc_macro]
pub fn spawn(tokens: TokenStream) -> TokenStream {
    group::plain::spawn(tokens.into()).into()
}
