//! The beginning and the end of a body: the group in it, its handle, the report of its value.

use crate::emit::call::{CallMode, dead_beside};
use crate::emit::error_inference::{pin_error, pin_error_type};
use crate::names::{self, RuntimePath};
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
    done: RuntimePath,
    turbofish: &TokenStream,
    slot: &Ident,
    val: RuntimePath,
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

/// The code before and in the child by which its frame has the group, and the type of its errors.
pub(crate) fn kept_group(
    handle: &Ident,
    inner: &Ident,
    error: &Ident,
    span: Span,
) -> (TokenStream, TokenStream) {
    let (group_type, pin) = (names::group_type(span), pin_error(inner, span));
    let outside = quote_spanned!(span=> let #inner = unsafe { #group_type::dup(__g) };);
    let inside = quote_spanned!(span=> let #inner = #inner;
        #[allow(unused_variables)] let #handle = &#inner;
        #[allow(unused_variables)] let #error = #group_type::error_type(&#inner);
        #pin
    );
    (outside, inside)
}

/// The same for a child that does not name its group: its frame has the type alone, which takes no
/// room.
pub(crate) fn known_error(error: &Ident, span: Span) -> (TokenStream, TokenStream) {
    let (group_type, pin) = (names::group_type(span), pin_error_type(error, span));
    let (moved, take) = (names::moved(span), names::take(span));
    let outside = quote_spanned!(span=> let #error = #moved(#group_type::error_type(__g)););
    let inside = quote_spanned!(span=>
        #[allow(unused_variables)] let #error = #take(#error);
        #pin
    );
    (outside, inside)
}
