//! `#[vthread] impl`: every function in the block is a vthread function, except those marked
//! `#[plain]`.

use super::announce::Method;
use super::options::{self, Options};
use super::signature::{Shown, as_written, call_output, take_patterns, type_parameters};
use super::{announce, attributes, check, dyn_signature, frame, instrument};
use crate::analysis::impl_siblings::{Siblings, Taking};
use crate::analysis::module_around::Around;
use crate::errors::Errors;
use crate::lower::function_call::type_name;
use crate::lower::{Lowering, Returns, Subject};
use crate::names::plain_text;
use proc_macro2::TokenStream;
use quote::quote;
use std::rc::Rc;
use syn::{Block, ImplItem, ImplItemFn, ItemImpl, Visibility, parse_quote};

pub(crate) fn expand(mut block: ItemImpl, options: &Options, errors: &mut Errors) -> TokenStream {
    if !check::implemented_trait(&block, errors) {
        return quote!(#block);
    }
    if !check::implementing_type(&block, errors) {
        return TokenStream::new();
    }
    let mut methods = Vec::new();
    let mut checks = TokenStream::new();
    let generics: Vec<String> = type_parameters(&block.generics).collect();
    let own_type = named_type(&block.self_ty).filter(|ty| !generics.contains(&plain_text(ty)));
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
    let io_trait = block.trait_.as_ref().map(|(path, _)| path.clone());
    let io_trait = io_trait.filter(|path| {
        let last = path.segments.last();
        last.is_some_and(|last| announce::is_named_as_in_io(&last.ident))
    });
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else {
            continue;
        };
        if crate::known::attributes::is_plain(&function.attrs) {
            continue;
        }
        let options = &options::of_method(&mut function.attrs, options, errors);
        let as_written = io_trait.is_some().then(|| function.clone());
        attributes::allow_known_of_method(&mut function.attrs, errors);
        if !check::method(&function.sig, errors) {
            continue;
        }
        if function.sig.receiver().is_some() {
            methods.push(Method::new(&function.sig.ident, &function.attrs));
        }
        let for_io = method(
            function,
            options,
            (is_trait, io_trait.is_some()),
            (&siblings, &owners),
            (own_type.clone(), &generics),
            &mut checks,
            errors,
        );
        if let (Some(path), Some(plain), Some(io)) = (&io_trait, as_written, for_io) {
            let name = &function.sig.ident;
            let chosen = announce::in_the_form_of(path, name, [&plain, function, &io]);
            *item = ImplItem::Verbatim(chosen);
        }
    }
    let gates = announce::of_impl(&block, &methods, options);
    quote!(#block #gates #checks)
}

/// The name of a type that is written without a path.
fn named_type(ty: &syn::Type) -> Option<syn::Ident> {
    match ty {
        syn::Type::Path(path) if path.qself.is_none() && path.path.segments.len() == 1 => {
            Some(path.path.segments[0].ident.clone())
        }
        _ => None,
    }
}

/// Makes a method return a call that does not run yet. Returns its form in a trait of
/// `vthread::io`.
fn method(
    function: &mut ImplItemFn,
    options: &Options,
    (is_trait, is_io): (bool, bool),
    (siblings, owners): (&Rc<Siblings>, &[String]),
    (own_type, generics): (Option<syn::Ident>, &[String]),
    checks: &mut TokenStream,
    errors: &mut Errors,
) -> Option<ImplItemFn> {
    let instrument = instrument::take(&mut function.attrs, &function.sig, errors);
    let sig = &mut function.sig;
    let around = Around::of(&sig.ident);
    let own_type = own_type.filter(|ty| around.declares(&plain_text(ty)));
    let subject = Subject {
        function: None,
        method: Some(plain_text(&sig.ident)),
        owners: owners.to_vec(),
        again: None,
        taking: Taking::of(sig),
        siblings: Rc::clone(siblings),
        around,
        own_type,
        generics: type_parameters(&sig.generics)
            .chain(generics.iter().cloned())
            .collect(),
    };
    let mut body = Lowering::new(subject, Returns::of(&sig.output));
    body.can_have_checks = true;
    let arguments = take_patterns(&mut sig.inputs, &mut body);
    let frame = frame::emit_frame(
        &mut body,
        &arguments.prologue,
        function.block.clone(),
        sig,
        instrument,
    );
    let is_refused = !body.errors.is_empty();
    checks.extend(std::mem::take(&mut body.checks));
    errors.append(std::mem::take(&mut body.errors));
    let is_send = (is_trait || options.boxed) && !options.not_send || body.spawns_itself;
    let shown = match function.vis {
        _ if is_trait => Shown::AsCall,
        Visibility::Public(_) => Shown::AsWritten,
        _ => Shown::Nowhere,
    };
    let note = attributes::note(&function.vis, attributes::METHOD);
    function.attrs.extend(note);
    let mut io_sig = is_io.then(|| sig.clone());
    io_sig.as_mut().into_iter().for_each(dyn_signature::io_call);
    match options.dynamic {
        true => dyn_signature::box_call(sig),
        false => sig.output = call_output(sig, is_send, shown),
    }
    if is_refused {
        let refused = frame::emit_refused_method(sig);
        function.block = parse_quote!({ #refused });
        function
            .attrs
            .push(parse_quote!(#[allow(unused_variables)]));
        return None;
    }
    function.attrs.extend(attributes::allowed_lints());
    let for_io = io_sig.map(|sig| ImplItemFn {
        sig,
        block: Block {
            brace_token: function.block.brace_token,
            stmts: as_written(frame::as_io_call(&frame, &function.sig)),
        },
        ..function.clone()
    });
    function.block.stmts = as_written(frame::as_call(frame, &function.sig, options));
    for_io
}
