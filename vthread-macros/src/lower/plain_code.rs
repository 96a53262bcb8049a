//! `group!` and `spawn!` as rustc expands them: in plain functions and closures, where they block.

use crate::errors;
use crate::forms::enclosure::Enclosure;
use crate::library;
use crate::lower::{Lowering, Returns, Subject};
use crate::names::{self, hygienic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Macro, parse_quote_spanned};

/// `group!` in plain code. The function's return type is not visible, so an error type must be
/// given.
pub(crate) fn group(tokens: TokenStream) -> TokenStream {
    expand("group", tokens, |body, mac| body.group_macro(mac, true))
}

/// `spawn!` in plain code: only into an explicit group.
pub(crate) fn spawn(tokens: TokenStream) -> TokenStream {
    expand("spawn", tokens, |body, mac| {
        let expanded = body.spawn_macro(mac);
        body.errors
            .refine_last(errors::SPAWN_NEEDS_GROUP, errors::SPAWN_HIDDEN);
        expanded
    })
}

/// `background!` in plain code: the same as everywhere.
pub(crate) fn background(tokens: TokenStream) -> TokenStream {
    expand("background", tokens, |body, mac| body.background_macro(mac))
}

/// `timeout!`, `shield!`, `catch_unwind!` and `bind!` in plain code: they block.
pub(crate) fn enclosure(which: Enclosure, tokens: TokenStream) -> TokenStream {
    let name = match which {
        Enclosure::Timeout => "timeout",
        Enclosure::Shield => "shield",
        Enclosure::CatchUnwind => "catch_unwind",
        Enclosure::Bind => "bind",
        Enclosure::Defer => "defer",
    };
    expand(name, tokens, |body, mac| {
        let expanded = body.enclosure_macro(which, mac);
        body.errors
            .refine_last(errors::DEFER_IS_A_STATEMENT, errors::DEFER_IN_PLAIN_CODE);
        expanded
    })
}

/// `select!` in plain code: it blocks.
pub(crate) fn select(tokens: TokenStream) -> TokenStream {
    expand("select", tokens, |body, mac| body.select_macro(mac, true))
}

/// `closure!` in plain code: the same as everywhere.
pub(crate) fn closure(tokens: TokenStream) -> TokenStream {
    expand("closure", tokens, |body, mac| body.closure_macro(mac))
}

/// `race!` in plain code: it blocks.
pub(crate) fn race(tokens: TokenStream) -> TokenStream {
    expand("race", tokens, |body, mac| body.race_macro(mac, true))
}

fn expand(
    name: &str,
    tokens: TokenStream,
    expansion: impl FnOnce(&mut Lowering, &Macro) -> Option<TokenStream>,
) -> TokenStream {
    let at = Span::call_site();
    let name = Ident::new(name, at);
    let library = library::path(at);
    let mac: Macro = parse_quote_spanned!(at=> #library::#name! { #tokens });
    let mut body = Lowering::new(Subject::default(), Returns::default());
    body.in_frame = false;
    let expanded = expansion(&mut body, &mac);
    let span = hygienic(at);
    if !body.errors.is_empty() {
        let (errors, any) = (body.errors.emit(), names::any(span));
        return quote_spanned!(span=> ({ #errors #[allow(unreachable_code)] #any() }));
    }
    let in_frame = names::in_frame(span);
    quote_spanned!(span=> ({ #[allow(unused_imports)] use #in_frame::*; #[allow(unused_parens, unused_braces, unreachable_code, clippy::diverging_sub_expression)] #expanded }))
}
