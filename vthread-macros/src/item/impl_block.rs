//! `#[vthread] impl`: every function in the block is a vthread function, except those marked `#[plain]`.

use super::announce::Method;
use super::options::Options;
use super::signature::{Shown, as_written, call_output, take_patterns};
use super::{announce, attributes, boxed_call, check, frame};
use crate::analysis::impl_siblings::{Siblings, Taking};
use crate::errors::Errors;
use crate::lower::function_call::type_name;
use crate::lower::{Body, Returns, Subject};
use crate::names::plain_text;
use proc_macro2::TokenStream;
use quote::quote;
use std::rc::Rc;
use syn::{ImplItem, ImplItemFn, ItemImpl, Visibility, parse_quote};

pub(crate) fn expand(mut block: ItemImpl, options: &Options, errors: &mut Errors) -> TokenStream {
    if !check::implemented_trait(&block, errors) {
        return quote!(#block);
    }
    let mut methods = Vec::new();
    let siblings = Rc::new(Siblings::of(&block));
    let is_trait = block.trait_.is_some();
    let of_trait = block
        .trait_
        .as_ref()
        .and_then(|(path, _)| path.segments.last());
    let owners: Vec<String> = type_name(&block.self_ty)
        .into_iter()
        .chain(of_trait.map(|last| plain_text(&last.ident)))
        .collect();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else {
            continue;
        };
        if crate::known::attributes::is_plain(&function.attrs) {
            continue;
        }
        attributes::allow_known_of_method(&mut function.attrs, errors);
        if !check::method(&function.sig, errors) {
            continue;
        }
        if function.sig.receiver().is_some() {
            methods.push(Method::new(&function.sig.ident, &function.attrs));
        }
        method(function, options, is_trait, (&siblings, &owners), errors);
    }
    let gates = announce::of_impl(&block, &methods, options);
    quote!(#block #gates)
}

/// Makes a method return a call that has not been made yet.
fn method(
    function: &mut ImplItemFn,
    options: &Options,
    is_trait: bool,
    (siblings, owners): (&Rc<Siblings>, &[String]),
    errors: &mut Errors,
) {
    let sig = &mut function.sig;
    let subject = Subject {
        function: None,
        method: Some(plain_text(&sig.ident)),
        owners: owners.to_vec(),
        again: None,
        taking: Taking::of(sig),
        siblings: Rc::clone(siblings),
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
    let shown = match function.vis {
        _ if is_trait => Shown::AsCall,
        Visibility::Public(_) => Shown::AsWritten,
        _ => Shown::Nowhere,
    };
    let note = attributes::note(&function.vis, attributes::METHOD);
    function.attrs.extend(note);
    match options.dynamic {
        true => boxed_call::box_call(sig),
        false => sig.output = call_output(sig, is_send, shown),
    }
    if is_refused {
        let refused = frame::emit_refused_method(sig);
        function.block = parse_quote!({ #refused });
        function
            .attrs
            .push(parse_quote!(#[allow(unused_variables)]));
        return;
    }
    function.block.stmts = as_written(emitted);
    function.attrs.push(attributes::allowed_lints());
}
