//! Dead code that fixes the error type of a block, so that `?` in it converts to that type; and the
//! formatter for errors of that type.

use crate::emit::call::{answer, dead};
use crate::names;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Type;

/// Dead code that makes this block fail with the error type that `error` holds.
pub(crate) fn pin_error_type(error: &Ident, span: Span) -> TokenStream {
    let value = names::error_value(span);
    dead(
        span,
        quote_spanned!(span=> return ::core::result::Result::Err(#value(&#error));),
    )
    .into_token_stream()
}

/// Dead code that fixes the error type that this block returns, through any alias.
pub(crate) fn pin_error(group: &Ident, span: Span) -> TokenStream {
    let owner = names::group_type(span);
    dead(
        span,
        quote_spanned!(span=> return ::core::result::Result::Err(#owner::err(&#group));),
    )
    .into_token_stream()
}

/// Finds the formatter of an error, for events. An error type that is left to inference is not
/// known yet.
pub(crate) fn formats_errors(error: Option<&Type>, span: Span) -> TokenStream {
    if error.is_some_and(has_placeholder) {
        return TokenStream::new();
    }
    let (set, ask) = (names::set_error_format(span), names::error_format(span));
    let how = answer(quote_spanned!(span=> #ask(&__o)), span);
    quote_spanned!(span=> #[allow(unreachable_code)] #set(&__o, #how);)
}

fn has_placeholder(ty: &Type) -> bool {
    struct Found(bool);
    impl<'ast> syn::visit::Visit<'ast> for Found {
        fn visit_type_infer(&mut self, _: &'ast syn::TypeInfer) {
            self.0 = true;
        }
    }
    let mut found = Found(false);
    syn::visit::Visit::visit_type(&mut found, ty);
    found.0
}
