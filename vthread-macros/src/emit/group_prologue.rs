//! The beginning and the end of a body: the group in it, its handle, the report of its value.

use crate::emit::call::{CallMode, dead_beside};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// The copy of the group that lives in a body or a child. rustc names it where a borrow escapes.
pub(crate) fn this_group(span: Span) -> Ident {
    Ident::new("this_group", span)
}

/// `let g = &this_group;`, inside the body: so it cannot escape, and nothing borrows itself.
pub(crate) fn handle_binding(handle: &Ident, inner: &Ident, span: Span) -> TokenStream {
    quote_spanned!(span=> #[allow(unused_variables)] let #handle = &#inner;)
}

/// Reports the body's value through the slot; the body then pends until it is dropped.
pub(crate) fn slot_end(
    done: &TokenStream,
    turbofish: &TokenStream,
    slot: &Ident,
    val: &TokenStream,
    span: Span,
) -> TokenStream {
    let dead = dead_beside(CallMode::Await, span, TokenStream::new());
    quote_spanned!(span=>
        #dead
        #[allow(unreachable_code)] let __v = #val(__v);
        #[allow(unreachable_code)] let __stop = unsafe { #done #turbofish(&#slot, __v) };
        __stop.await
    )
}
