//! Dead code that says which error type a block has, so that `?` in it converts to that.

use crate::body::choice::dead;
use crate::names;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// Dead code that says that this block fails with the error type that `error` holds.
pub(super) fn pin_error_type(error: &Ident, span: Span) -> TokenStream {
    let value = names::error_value(span);
    dead(
        span,
        quote_spanned!(span=> return ::core::result::Result::Err(#value(&#error));),
    )
}

/// Dead code that says which error type this block returns, through any alias.
pub(super) fn pin_error(group: &Ident, span: Span) -> TokenStream {
    let owner = names::group_type(span);
    dead(
        span,
        quote_spanned!(span=> return ::core::result::Result::Err(#owner::err(&#group));),
    )
}
