//! Which of the user's attributes go where.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{AttrStyle, Attribute, FnArg, Meta, Signature, Visibility, parse_quote};

/// The user's attributes that the hidden companion needs as well: conditions and lint levels.
pub(crate) fn for_companion(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter_map(companion_attribute).collect()
}

fn companion_attribute(attr: &Attribute) -> Option<Attribute> {
    let path = attr.path();
    if path.is_ident("deprecated") {
        // What is deprecated may use what is; the companion names the facade.
        return Some(parse_quote!(#[allow(deprecated)]));
    }
    let copied = ["allow", "warn", "deny", "forbid", "cfg"];
    copied
        .iter()
        .any(|name| path.is_ident(name))
        .then(|| attr.clone())
}

/// The user's attributes as they can stand before a function that becomes two.
///
/// What was written inside the body comes before it, and an expectation becomes a permission: it
/// would be fulfilled at the facade or at the companion, and not at the other.
pub(crate) fn for_two(attrs: &mut [Attribute]) {
    for attr in attrs {
        attr.style = AttrStyle::Outer;
        if let (true, Meta::List(list)) = (attr.path().is_ident("expect"), &attr.meta) {
            let lints = &list.tokens;
            *attr = parse_quote!(#[allow(#lints)]);
        }
    }
}

/// `#[track_caller]` for the facade, so that a call which holds a kernel thread is reported where it stands. Only
/// where nothing speaks against it: `main` and tests cannot have it, and of unknown attributes nobody knows.
pub(crate) fn tracked(attrs: &[Attribute], signature: &Signature) -> TokenStream {
    let harmless = [
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "inline",
        "must_use",
        "warn",
    ];
    let is_harmless = |attr: &Attribute| harmless.iter().any(|name| attr.path().is_ident(name));
    let can_be = signature.abi.is_none() && signature.ident != "main";
    match can_be && attrs.iter().all(is_harmless) {
        true => quote!(#[track_caller]),
        false => TokenStream::new(),
    }
}

/// What the documentation adds to a function.
pub(crate) const FUNCTION: &str = "*A vthread function: a call in `#[vthread]` code suspends, and one in plain code blocks until it is done.*";
/// What the documentation adds to a method.
pub(crate) const METHOD: &str = "*A vthread method: a call in `#[vthread]` code suspends. In plain code `.block()` makes the call and blocks until it is done.*";

/// A last paragraph of the documentation: of what is public, since nothing else has a page.
pub(crate) fn note(visibility: &Visibility, text: &str) -> Option<Attribute> {
    matches!(visibility, Visibility::Public(_))
        .then(|| parse_quote!(#[cfg_attr(doc, doc = "", doc = #text)]))
}

/// Under which condition an argument is there.
pub(crate) fn condition(input: &FnArg) -> Option<TokenStream> {
    let FnArg::Typed(argument) = input else {
        return None;
    };
    let conditions: Vec<_> = conditions(&argument.attrs)
        .into_iter()
        .filter_map(|attr| match attr.meta {
            Meta::List(list) => Some(list.tokens),
            _ => None,
        })
        .collect();
    (!conditions.is_empty()).then(|| quote!(all(#(#conditions),*)))
}

/// Conditions only.
pub(crate) fn conditions(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .cloned()
        .collect()
}

/// The one list of lints that generated code is exempt from. The user's own code stays under all
/// lints whose spans are the user's.
pub(crate) fn allowed_lints() -> Attribute {
    parse_quote!(#[allow(
        unused_braces,
        unused_parens,
        unused_unsafe,
        unreachable_code,
        clippy::manual_async_fn,
        clippy::let_and_return,
        clippy::double_must_use,
        clippy::needless_return,
        clippy::diverging_sub_expression,
        clippy::explicit_auto_deref,
        clippy::unnecessary_semicolon
    )])
}

/// Whether the function stays an ordinary one. The attribute is left where it is: it expands to
/// nothing, and its import counts as used.
pub(crate) fn is_plain(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "plain")
    })
}
