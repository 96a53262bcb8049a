//! `#[vthread] impl`: every function in the block is a vthread function, except those marked `#[plain]`.

use super::options::Options;
use super::signature::{call_output, in_braces, take_patterns};
use super::{attributes, check, dynamic, frame};
use crate::body::{Body, Returns, Subject};
use crate::errors::Errors;
use crate::names::{self, hash, ours, plain_text};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ImplItem, ImplItemFn, ItemImpl, Type, parse_quote};

pub(crate) fn expand(mut block: ItemImpl, options: &Options, errors: &mut Errors) -> TokenStream {
    let mut gates = Vec::new();
    let is_trait = block.trait_.is_some();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else {
            continue;
        };
        if attributes::is_plain(&function.attrs) {
            continue;
        }
        if !check::method(&function.sig, errors) {
            continue;
        }
        if function.sig.receiver().is_some() {
            gates.push(function.sig.ident.clone());
        }
        method(function, options, is_trait, errors);
    }
    let gates = (!options.nogate && !is_pointer(&block)).then(|| announce(&block, &gates));
    quote!(#block #gates)
}

/// Makes a method return a call that has not been made yet.
fn method(function: &mut ImplItemFn, options: &Options, is_trait: bool, errors: &mut Errors) {
    let sig = &mut function.sig;
    let subject = Subject {
        function: None,
        method: Some(plain_text(&sig.ident)),
    };
    let mut body = Body::new(subject, Returns::of(&sig.output));
    let arguments = take_patterns(&mut sig.inputs, &mut body);
    let emitted = frame::emit(
        &mut body,
        &arguments.prologue,
        function.block.clone(),
        sig,
        options,
    );
    let is_refused = !body.errors.is_empty();
    errors.append(std::mem::take(&mut body.errors));
    let is_send = (is_trait || options.boxed) && !options.not_send || body.spawns_itself;
    match options.dynamic {
        true => dynamic::box_call(sig),
        false => sig.output = call_output(sig, is_send),
    }
    if is_refused {
        let refused = frame::emit_refused_method(sig);
        function.block = parse_quote!({ #refused });
        function
            .attrs
            .push(parse_quote!(#[allow(unused_variables)]));
        return;
    }
    let block = in_braces(function.block.brace_token, emitted);
    function.block = parse_quote!(#block);
    function.attrs.push(attributes::allowed_lints());
}

/// Tells the probe which names suspend on this type.
fn announce(block: &ItemImpl, names: &[syn::Ident]) -> TokenStream {
    let (generics, bounds, ty) = (
        &block.generics,
        &block.generics.where_clause,
        &block.self_ty,
    );
    let conditions = attributes::conditions(&block.attrs);
    let gates = names.iter().map(|name| {
        let span = ours(name.span());
        let (suspends, hash) = (names::suspends(span), hash(&plain_text(name)));
        quote_spanned!(span=> #(#conditions)* #[automatically_derived] impl #generics #suspends<#hash> for #ty #bounds {})
    });
    quote!(#(#gates)*)
}

/// Pointers hand their target's gates on by themselves.
fn is_pointer(block: &ItemImpl) -> bool {
    match &*block.self_ty {
        Type::Reference(_) => true,
        Type::Path(path) => {
            let last = path
                .path
                .segments
                .last()
                .map(|last| plain_text(&last.ident))
                .unwrap_or_default();
            block.trait_.is_some() && ["Box", "Arc", "Rc", "Pin"].contains(&last.as_str())
        }
        _ => false,
    }
}
