//! `#[vthread] fn`: the facade, the hidden companion, and the module by which `#[vthread]` code
//! finds it.

use super::options::{On, Options};
use super::signature::{
    Shown, call_output, from_inside, in_braces, output, says_used, take_patterns, turbofish,
    type_parameters,
};
use super::{attributes, check, frame, hidden_by_module, instrument, neighbours};
use crate::analysis::module_around::Around;
use crate::emit::call::{answer, dead};
use crate::errors::{self, Errors};
use crate::lower::{Lowering, Returns, Subject, mentions_impl};
use crate::names::{self, companion, hygienic, plain_text};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, FnArg, GenericParam, ItemFn, Safety, Signature, Type, parse_quote};

/// A function nested in a vthread body: calls in that body name its companion directly.
pub(crate) fn expand_nested(attribute: &Attribute, function: ItemFn) -> TokenStream {
    let mut errors = Errors::default();
    let tokens = match &attribute.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let options = Options {
        local: true,
        ..Options::parse(tokens, On::Function, &mut errors)
    };
    let mut function = function;
    attributes::allow_known_of_function(&mut function.attrs, &mut errors);
    let expanded = expand(function, &options, &mut errors);
    let errors = errors.emit();
    quote!(#errors #expanded)
}

pub(crate) fn expand(mut function: ItemFn, options: &Options, errors: &mut Errors) -> TokenStream {
    if let Some((with, without)) = split_by_condition(&function) {
        let with = expand(with, options, errors);
        let without = expand(without, options, errors);
        return quote!(#with #without);
    }
    attributes::for_two(&mut function.attrs);
    instrument::refuse_above(&function.sig.ident, &function.block, errors);
    let instrument = instrument::take(&mut function.attrs, &function.sig, errors);
    let can_be = check::function(&function.sig, errors);
    if !can_be {
        if function.sig.asyncness.is_none() {
            // `const` and `extern` functions keep these qualifiers for their callers.
            return function.into_token_stream();
        }
        function.sig.asyncness = None;
    }
    if function.sig.constness.is_some() || function.sig.abi.is_some() {
        return function.into_token_stream();
    }
    let ItemFn {
        attrs,
        vis,
        mut sig,
        block,
        ..
    } = function;
    let subject = Subject {
        function: Some(plain_text(&sig.ident)),
        around: Around::of(&sig.ident),
        generics: type_parameters(&sig.generics).collect(),
        ..Subject::default()
    };
    let mut body = Lowering::new(subject, Returns::of(&sig.output));
    body.can_have_checks = true;
    let arguments = take_patterns(&mut sig.inputs, &mut body);
    let braces = block.brace_token;
    let companion_body = match can_be {
        true => frame::emit(
            &mut body,
            &arguments.prologue,
            *block,
            &sig,
            (instrument, options),
        ),
        false => TokenStream::new(),
    };
    let checks = std::mem::take(&mut body.checks);
    let is_refused = !can_be || !body.errors.is_empty();
    errors.append(body.errors);
    let clash = (!options.local)
        .then(|| neighbours::clash(&sig.ident))
        .flatten();
    if let Some(clash) = clash {
        errors.on(
            &sig.ident,
            errors::module_of_its_name(&plain_text(&sig.ident), clash),
        );
    }

    let is_send = (options.boxed && !options.not_send) || body.spawns_itself;
    let mut hidden = sig.clone();
    hidden.ident = companion(&sig.ident);
    hidden.output = call_output(&sig, is_send, Shown::Nowhere);
    let lints = attributes::for_companion(&attrs);
    let allowed = attributes::allowed_lints();
    let allowed_of_signature = attributes::for_clippy(|| {
        quote!(
            clippy::too_many_arguments,
            clippy::type_complexity,
            clippy::needless_lifetimes
        )
    });
    let facade = in_braces(braces, facade(&sig, &hidden, &arguments.names));
    let note = attributes::note(&vis, attributes::FUNCTION);
    let module = (!options.local && clash.is_none()).then(|| module(&attrs, &vis, &sig, &hidden));
    let hidden_name = (!options.local && clash.is_none())
        .then(|| hidden_by_module::warning(&sig.ident, &vis, &lints))
        .flatten();
    let span = hygienic(sig.ident.span());
    let tracked = attributes::tracked(&attrs, &sig);
    let (alive, quiet) = keeps_facade_alive(&sig, &arguments.names);
    let handed_on = arguments.names.iter().find_map(says_used);
    if is_refused {
        hidden.output = refused_output(&sig);
        let refused = frame::emit_refused(&sig);
        return quote_spanned!(span=>
            #(#attrs)* #[allow(dead_code, unused_variables)] #vis #sig { #refused }
            #(#lints)* #[doc(hidden)] #[allow(dead_code, unused_variables)] #vis #hidden { #refused }
            #module
        );
    }
    quote_spanned!(span=>
        #(#attrs)* #note #tracked #quiet #handed_on #vis #sig #facade
        #(#lints)* #[doc(hidden)] #(#allowed)* #allowed_of_signature #vis #hidden { #alive #companion_body }
        #module
        #hidden_name
        #checks
    )
}

/// The function twice: with its first conditional argument or generic parameter, and without it. An
/// argument of a call cannot have a condition, and the facade contains a call.
fn split_by_condition(function: &ItemFn) -> Option<(ItemFn, ItemFn)> {
    if let Some(split) = split_by_parameter(function) {
        return Some(split);
    }
    let (at, condition) = function
        .sig
        .inputs
        .iter()
        .enumerate()
        .find_map(|(at, input)| Some((at, attributes::condition(input)?)))?;
    let (mut with, mut without) = (function.clone(), function.clone());
    with.attrs.push(parse_quote!(#[cfg(#condition)]));
    without.attrs.push(parse_quote!(#[cfg(not(#condition))]));
    if let Some(FnArg::Typed(argument)) = with.sig.inputs.iter_mut().nth(at) {
        argument.attrs.retain(|attr| !attr.path().is_ident("cfg"));
    }
    let inputs = std::mem::take(&mut without.sig.inputs);
    let others = inputs.into_iter().enumerate().filter(|(n, _)| *n != at);
    without.sig.inputs = others.map(|(_, input)| input).collect();
    Some((with, without))
}

/// The same for a generic parameter.
fn split_by_parameter(function: &ItemFn) -> Option<(ItemFn, ItemFn)> {
    let mut parameters = function.sig.generics.params.iter().enumerate();
    let (at, condition) = parameters.find_map(|(at, parameter)| {
        let attrs = match parameter {
            GenericParam::Type(parameter) => &parameter.attrs,
            GenericParam::Const(parameter) => &parameter.attrs,
            GenericParam::Lifetime(parameter) => &parameter.attrs,
        };
        Some((at, crate::emit::attributes::condition(attrs)?))
    })?;
    let (mut with, mut without) = (function.clone(), function.clone());
    with.attrs.push(parse_quote!(#[cfg(#condition)]));
    without.attrs.push(parse_quote!(#[cfg(not(#condition))]));
    let is_cfg = |attr: &Attribute| attr.path().is_ident("cfg");
    match &mut with.sig.generics.params[at] {
        GenericParam::Type(parameter) => parameter.attrs.retain(|attr| !is_cfg(attr)),
        GenericParam::Const(parameter) => parameter.attrs.retain(|attr| !is_cfg(attr)),
        GenericParam::Lifetime(parameter) => parameter.attrs.retain(|attr| !is_cfg(attr)),
    }
    let parameters = std::mem::take(&mut without.sig.generics.params);
    let others = parameters.into_iter().enumerate().filter(|(n, _)| *n != at);
    without.sig.generics.params = others.map(|(_, parameter)| parameter).collect();
    Some((with, without))
}

/// The facade's body: makes the call and blocks.
fn facade(signature: &Signature, hidden: &Signature, names: &[proc_macro2::Ident]) -> TokenStream {
    let span = hygienic(signature.ident.span());
    let (block, companion, turbofish) =
        (names::block_call(span), &hidden.ident, turbofish(signature));
    let call = quote_spanned!(span=> #companion #turbofish(#(#names),*));
    if is_main(signature) {
        let (run_main, ask, status) = (
            names::main(span),
            names::main_ended(span),
            names::main_status(span),
        );
        let says = answer(quote_spanned!(span=> #ask(&__ended)), span);
        return quote_spanned!(span=>
            let __ended = #run_main(#call);
            #[allow(unreachable_code)] let __k = #says;
            #status(__k, __ended)
        );
    }
    match &signature.safety {
        Safety::Unsafe(_) => quote_spanned!(span=> let __c = unsafe { #call }; #block(__c)),
        _ => quote_spanned!(span=> #block(#call)),
    }
}

/// Whether the program begins here: the function then begins and ends the group of the process.
fn is_main(signature: &Signature) -> bool {
    signature.ident == "main"
        && signature.inputs.is_empty()
        && signature.generics.params.is_empty()
        && !matches!(signature.safety, Safety::Unsafe(_))
}

/// The companion module: the same path as the function, in the type namespace.
fn module(
    attrs: &[Attribute],
    visibility: &syn::Visibility,
    signature: &Signature,
    hidden: &Signature,
) -> TokenStream {
    let span = hygienic(signature.ident.span());
    let (name, companion) = (&signature.ident, &hidden.ident);
    let (conditions, inside) = (attributes::conditions(attrs), from_inside(visibility));
    let (kind, both) = (names::kind(span), names::both_functions(span));
    let allowed = attributes::for_clippy(|| quote!(clippy::unsafe_removed_from_name));
    if matches!(visibility, syn::Visibility::Public(_)) && neighbours::is_named_as_its_library(name)
    {
        // Every user of the crate has a module of this name, the crate. So the companion takes the
        // name.
        let hidden = quote_spanned!(span=>
            #(#conditions)* #[cfg(not(doc))] #[doc(hidden)] #[allow(unused_imports, deprecated, clippy::unsafe_removed_from_name)]
        );
        return quote_spanned!(span=>
            #hidden pub use self::#companion as __vthread_call;
            #hidden pub use self::#name as #both;
            #hidden pub use #kind;
            #hidden pub use crate as #name;
        );
    }
    quote_spanned!(span=>
        #(#conditions)* #[cfg(not(doc))] #[doc(hidden)] #[allow(non_snake_case, unused_imports, deprecated)] #allowed
        #visibility mod #name {
            #inside use super::#companion as __vthread_call;
            #inside use super::#name as #both;
            #inside use #kind;
        }
    )
}

/// The companion names the facade in dead code: so a function that only vthread code calls is not
/// reported as dead, and one without callers is reported under its own name. If the return type is
/// opaque that would be a cycle, and the lint is silenced for the facade instead.
fn keeps_facade_alive(
    signature: &Signature,
    names: &[proc_macro2::Ident],
) -> (TokenStream, TokenStream) {
    let span = hygienic(signature.ident.span());
    let has_impl_argument = signature.inputs.iter().any(|input| match input {
        FnArg::Typed(argument) => mentions_impl(&argument.ty),
        FnArg::Receiver(_) => false,
    });
    let is_shadowed = names.contains(&signature.ident);
    if mentions_impl(&signature.output) || has_impl_argument || is_shadowed || is_never(signature) {
        return (
            TokenStream::new(),
            quote_spanned!(span=> #[allow(dead_code)]),
        );
    }
    let (name, turbofish) = (&signature.ident, turbofish(signature));
    (
        dead(span, quote_spanned!(span=> let _ = #name #turbofish;)).into_token_stream(),
        TokenStream::new(),
    )
}

fn is_never(signature: &Signature) -> bool {
    matches!(&signature.output, syn::ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)))
}

/// A concrete frame for a refused function: the real one is unknown.
fn refused_output(signature: &Signature) -> syn::ReturnType {
    let span = hygienic(signature.fn_token.span);
    let (call, boxed, output) = (
        names::call_type(span),
        names::boxed(span),
        output(signature),
    );
    syn::parse_quote_spanned!(span=> -> #call<#output, #boxed<'static, #output>>)
}
