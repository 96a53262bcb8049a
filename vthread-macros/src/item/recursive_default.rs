//! Default methods that call themselves.
//!
//! Inside the default of `m` rustc identifies the type of `self.m()` with the type that is being
//! defined, and requires its arguments to be generic parameters (E0792). Another trait with the
//! same signature, implemented for every type with the trait, avoids that: the call goes through
//! it.

use super::signature::turbofish;
use crate::names::{self, hygienic};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{FnArg, ItemTrait, Pat, Path, Signature, TraitItemFn, parse_quote_spanned};

/// The method of the helper, for a method whose signature has been expanded.
pub(crate) fn method(signature: &Signature, own: &Path) -> TraitItemFn {
    let span = hygienic(signature.ident.span());
    let mut helper = signature.clone();
    helper.ident = names::again(&signature.ident);
    helper.ident.set_span(span);
    let arguments = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(name) => Some(name.ident.clone()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let others: Vec<Ident> = arguments.collect();
    let this = signature.receiver().map(|receiver| receiver.self_token);
    let (name, turbofish) = (&signature.ident, turbofish(signature));
    let arguments = this.into_iter().map(|this| quote!(#this));
    let arguments = arguments.chain(others.iter().map(|name| quote!(#name)));
    parse_quote_spanned!(span=>
        #helper { <Self as #own>::#name #turbofish(#(#arguments),*) }
    )
}

/// The trait, as a path.
pub(crate) fn own_path(definition: &ItemTrait) -> Path {
    let (name, (_, arguments, _)) = (&definition.ident, definition.generics.split_for_impl());
    parse_quote_spanned!(hygienic(name.span())=> #name #arguments)
}

/// The helper of a trait, as a path.
pub(crate) fn path(definition: &ItemTrait) -> Path {
    let (_, arguments, _) = definition.generics.split_for_impl();
    let helper = helper_name(definition);
    parse_quote_spanned!(helper.span()=> #helper #arguments)
}

fn helper_name(definition: &ItemTrait) -> Ident {
    let name = &definition.ident;
    format_ident!("__VthreadAgain{}", name, span = hygienic(name.span()))
}

/// The helper of a trait.
pub(crate) fn helper(definition: &ItemTrait, methods: &[TraitItemFn]) -> Option<TokenStream> {
    if methods.is_empty() {
        return None;
    }
    let span = hygienic(definition.ident.span());
    let name = &definition.ident;
    let helper = helper_name(definition);
    let (_, arguments, conditions) = definition.generics.split_for_impl();
    let parameters = &definition.generics.params;
    let mut generics = definition.generics.clone();
    let any = parse_quote_spanned!(span=> __T: #name #arguments + ?Sized);
    generics.params.push(any);
    let (generics, ..) = generics.split_for_impl();
    Some(quote_spanned!(span=>
        #[doc(hidden)]
        #[allow(clippy::double_must_use, clippy::type_complexity, clippy::too_many_arguments)]
        trait #helper<#parameters>: #name #arguments #conditions { #(#methods)* }
        #[doc(hidden)]
        impl #generics #helper #arguments for __T #conditions {}
    ))
}
