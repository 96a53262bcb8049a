//! Where each of the user's attributes goes.

use super::instrument::is_instrument;
use crate::clippy;
use crate::emit::attributes::{list, of_meta};
use crate::errors::{self, Errors};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{AttrStyle, Attribute, FnArg, Meta, Path, Signature, Token, Visibility};

/// The compiler's own attributes that may stand below `#[vthread]`: they do not change what a
/// function does.
const KNOWN: &[&str] = &[
    "allow",
    "automatically_derived",
    "bench",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "ignore",
    "inline",
    "link_section",
    "must_use",
    "no_mangle",
    "should_panic",
    "test",
    "unsafe",
    "warn",
];

/// Namespaces of attributes that only tools read.
const TOOLS: &[&str] = &["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// Removes and reports unknown attributes. The attribute macro of another crate would act on the
/// expansion of the function, and could get hold of its frame.
pub(crate) fn allow_known(attrs: &mut Vec<Attribute>, errors: &mut Errors) {
    attrs.retain(|attr| is_allowed(attr, errors, errors::attribute_below));
}

/// The same for a function, whose `#[instrument]` is known.
pub(crate) fn allow_known_of_function(attrs: &mut Vec<Attribute>, errors: &mut Errors) {
    retain_known(attrs, errors, errors::attribute_below);
}

/// The same for a method.
pub(crate) fn allow_known_of_method(attrs: &mut Vec<Attribute>, errors: &mut Errors) {
    retain_known(attrs, errors, errors::attribute_of_method);
}

fn retain_known(attrs: &mut Vec<Attribute>, errors: &mut Errors, refused: fn(&str) -> String) {
    attrs.retain(|attr| is_instrument(&attr.meta) || is_allowed(attr, errors, refused));
}

fn is_allowed(attr: &Attribute, errors: &mut Errors, refused: fn(&str) -> String) -> bool {
    let unknown = unknown_in(&attr.meta);
    let Some(path) = &unknown else { return true };
    let name = path.to_token_stream().to_string().replace(' ', "");
    let message = match name.as_str() {
        "track_caller" => errors::TRACK_CALLER.to_owned(),
        "target_feature" => errors::TARGET_FEATURE.to_owned(),
        "vthread" | "vthread::vthread" | "vthread::test" => errors::VTHREAD_TWICE.to_owned(),
        _ => refused(&name),
    };
    errors.on(attr, message);
    false
}

/// The first unknown attribute in it: itself, or one under a condition.
fn unknown_in(meta: &Meta) -> Option<Path> {
    let path = meta.path();
    if !path.is_ident("cfg_attr") {
        return (!is_known(path)).then(|| path.clone());
    }
    let parts = under_condition(meta).into_iter().skip(1);
    parts.into_iter().find_map(|part| unknown_in(&part))
}

fn is_known(path: &Path) -> bool {
    let first = path.segments[0].ident.to_string();
    match path.segments.len() {
        1 => KNOWN.contains(&first.as_str()),
        _ => TOOLS.contains(&first.as_str()),
    }
}

/// The user's attributes that the hidden companion needs as well: conditions and lint levels.
pub(crate) fn for_companion(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter_map(companion_attribute).collect()
}

fn companion_attribute(attr: &Attribute) -> Option<Attribute> {
    let path = attr.path();
    if path.is_ident("deprecated") {
        // Deprecated functions may use deprecated ones; the companion names the facade.
        return Some(list("allow", quote!(deprecated)));
    }
    if path.is_ident("test") || path.is_ident("bench") {
        // Outside of tests rustc removes the facade.
        return Some(list("cfg", quote!(test)));
    }
    selected(&attr.meta, &["allow", "warn", "deny", "forbid", "cfg"])
}

/// The attribute, or its contents under a condition, if it is one of these.
fn selected(meta: &Meta, names: &[&str]) -> Option<Attribute> {
    let path = meta.path();
    if !path.is_ident("cfg_attr") {
        let is_selected = names.iter().any(|name| path.is_ident(name));
        return is_selected.then(|| of_meta(meta.clone()));
    }
    let mut parts = under_condition(meta).into_iter();
    let condition = parts.next()?;
    let parts = parts.filter_map(|part| Some(selected(&part, names)?.meta));
    let parts: Vec<Meta> = parts.collect();
    (!parts.is_empty()).then(|| list("cfg_attr", quote!(#condition, #(#parts),*)))
}

/// The parts of a `cfg_attr`: its condition, then its attributes.
pub(super) fn under_condition(meta: &Meta) -> Vec<Meta> {
    let Meta::List(list) = meta else {
        return Vec::new();
    };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    parts.into_iter().flatten().collect()
}

/// The user's attributes before a function that becomes two.
///
/// Inner attributes of the body move before it, and an expectation becomes a permission: it would
/// be fulfilled at either the facade or the companion, and not at the other.
pub(crate) fn for_two(attrs: &mut [Attribute]) {
    for attr in attrs {
        attr.style = AttrStyle::Outer;
        if let (true, Meta::List(list)) = (attr.path().is_ident("expect"), &attr.meta) {
            *attr = self::list("allow", list.tokens.clone());
        }
    }
}

/// `#[track_caller]` for the facade, so that the report of a call that blocks an OS thread names
/// the caller. Only where that is certain to be allowed: `main` and tests cannot have it, and
/// unknown attributes may object.
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

/// The documentation that a function gets.
pub(crate) const FUNCTION: &str = "*A vthread function: a call in `#[vthread]` code suspends, and one in plain code blocks until it is done.*";
/// The documentation that a method gets.
pub(crate) const METHOD: &str = "*A vthread method: a call in `#[vthread]` code suspends. In plain code `.block()` makes the call and blocks until it is done.*";

/// A last paragraph of the documentation, for public functions only: others have no page.
pub(crate) fn note(visibility: &Visibility, text: &str) -> Option<Attribute> {
    matches!(visibility, Visibility::Public(_))
        .then(|| list("cfg_attr", quote!(doc, doc = "", doc = #text)))
}

/// The condition under which an argument exists.
pub(crate) fn condition(input: &FnArg) -> Option<TokenStream> {
    let FnArg::Typed(argument) = input else {
        return None;
    };
    crate::emit::attributes::condition(&argument.attrs)
}

/// Conditions only.
pub(crate) fn conditions(attrs: &[Attribute]) -> Vec<Attribute> {
    let own = for_companion(attrs).into_iter();
    own.filter_map(|attr| selected(&attr.meta, &["cfg"]))
        .collect()
}

/// The one list of lints that generated code is exempt from. The user's own code stays under all
/// lints whose spans are the user's. Each lint costs the user's compiler time, so those of clippy
/// are allowed only where clippy checks.
///
/// `tail_expr_drop_order` is about a move to edition 2024. Our own code keeps an older one, so that
/// it would be reported in crates of any edition.
pub(crate) fn allowed_lints() -> Vec<Attribute> {
    let mut allowed = vec![list("allow", quote!(tail_expr_drop_order))];
    allowed.extend(for_clippy(|| {
        quote!(
            clippy::manual_async_fn,
            clippy::let_and_return,
            clippy::double_must_use,
            clippy::needless_return,
            clippy::diverging_sub_expression,
            clippy::explicit_auto_deref,
            clippy::unnecessary_semicolon
        )
    }));
    allowed
}

/// The lints of clippy that are allowed, where it may check.
pub(crate) fn for_clippy(lints: impl FnOnce() -> TokenStream) -> Option<Attribute> {
    clippy::may_check().then(|| {
        let lints = lints();
        list("cfg_attr", quote!(clippy, allow(#lints)))
    })
}
