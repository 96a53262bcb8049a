//! `#[vthread] trait`: its methods return calls, and supertraits carry the announcements through
//! bounds and `dyn`.

use super::announce::Method;
use super::options::{self, Options};
use super::signature::{Shown, as_written, call_output, take_patterns, type_parameters};
use super::{announce, attributes, check, dyn_signature, frame, instrument, recursive_default};
use crate::analysis::module_around::Around;
use crate::errors::{self, Errors};
use crate::lower::{Lowering, Returns, Subject};
use crate::names::plain_text;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Block, ItemTrait, Path, TraitItem, TraitItemFn, Visibility, parse_quote};

pub(crate) fn expand(
    mut definition: ItemTrait,
    options: &Options,
    errors: &mut Errors,
) -> TokenStream {
    let mut methods = Vec::new();
    let mut again = Vec::new();
    let (own, helper) = (
        recursive_default::own_path(&definition),
        recursive_default::path(&definition),
    );
    let generics: Vec<String> = type_parameters(&definition.generics).collect();
    for item in &mut definition.items {
        let TraitItem::Fn(function) = item else {
            continue;
        };
        if crate::known::attributes::is_plain(&function.attrs) {
            continue;
        }
        let options = &options::of_method(&mut function.attrs, options, errors);
        attributes::allow_known_of_method(&mut function.attrs, errors);
        if !check::method(&function.sig, errors) {
            continue;
        }
        if function.sig.receiver().is_some() {
            methods.push(Method::new(&function.sig.ident, &function.attrs));
        }
        if method(function, options, (&helper, &generics), errors) {
            again.push(recursive_default::method(&function.sig, &own));
        }
    }
    let again = recursive_default::helper(&definition, &again);
    definition.colon_token.get_or_insert_with(Default::default);
    if !options.not_send {
        definition
            .supertraits
            .push(parse_quote!(::core::marker::Send));
        definition
            .supertraits
            .push(parse_quote!(::core::marker::Sync));
    }
    let shown = shown(&definition);
    let unless_shown = shown.as_ref().map(|_| quote!(#[cfg(not(doc))]));
    announce::as_supertraits(&mut definition, &methods);
    let gates = announce::of_trait(&definition, &methods, options);
    quote!(#shown #unless_shown #definition #gates #again)
}

/// The trait as rustdoc shows it: without the supertraits that carry the announcements.
fn shown(definition: &ItemTrait) -> Option<ItemTrait> {
    let is_public = matches!(definition.vis, Visibility::Public(_));
    let mut shown = is_public.then(|| definition.clone())?;
    shown.attrs.push(parse_quote!(#[cfg(doc)]));
    for item in &mut shown.items {
        let TraitItem::Fn(function) = item else {
            continue;
        };
        if crate::known::attributes::is_plain(&function.attrs) {
            continue;
        }
        function
            .attrs
            .extend(attributes::note(&definition.vis, attributes::METHOD));
        if let Some(block) = &mut function.default {
            block.stmts = as_written(frame::emit_refused(&function.sig));
        }
    }
    Some(shown)
}

/// Expands one method. True if it is a default that calls itself.
fn method(
    function: &mut TraitItemFn,
    options: &Options,
    (again, generics): (&Path, &[String]),
    errors: &mut Errors,
) -> bool {
    let mut calls_itself = false;
    let attrs = &mut function.attrs;
    let attr = attrs
        .iter()
        .find(|attr| instrument::is_instrument(&attr.meta));
    if let (Some(attr), None) = (attr, &function.default) {
        errors.on(attr, errors::INSTRUMENT_WITHOUT_BODY);
    }
    let instrument = instrument::take(attrs, &function.sig, errors);
    let sig = &mut function.sig;
    let is_send = !options.not_send;
    if let Some(block) = function.default.take() {
        let subject = Subject {
            function: None,
            method: Some(plain_text(&sig.ident)),
            again: (!options.dynamic).then(|| again.clone()),
            around: Around::of(&sig.ident),
            generics: type_parameters(&sig.generics)
                .chain(generics.iter().cloned())
                .collect(),
            ..Subject::default()
        };
        let mut body = Lowering::new(subject, Returns::of(&sig.output));
        let arguments = take_patterns(&mut sig.inputs, &mut body);
        let brace_token = block.brace_token;
        let emitted = frame::emit(
            &mut body,
            &arguments.prologue,
            block,
            sig,
            (instrument, options),
        );
        let body_of_call = match body.errors.is_empty() {
            true => emitted,
            false => frame::emit_refused_method(sig),
        };
        function.default = Some(Block {
            brace_token,
            stmts: as_written(body_of_call),
        });
        calls_itself = body.calls_itself;
        errors.append(body.errors);
        function.attrs.extend(attributes::allowed_lints());
    } else {
        // A call is `must_use` already.
        function
            .attrs
            .push(parse_quote!(#[allow(clippy::double_must_use)]));
    }
    match options.dynamic {
        true => dyn_signature::box_call(sig),
        false => sig.output = call_output(sig, is_send, Shown::AsCall),
    }
    calls_itself
}
