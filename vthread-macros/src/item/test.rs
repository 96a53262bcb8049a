//! `#[vthread::test] fn`: a `#[test]` whose body is vthread code.

use super::function;
use super::options::Options;
use super::test_options::TestOptions;
use super::{attributes, options};
use crate::errors::{self, Errors};
use crate::library;
use crate::names::{self, companion, hygienic};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, ItemFn, Signature};

/// The expansion of `#[vthread::test(attr)] item`.
pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    library::reached_by(options::library(&attr), || {
        let mut errors = Errors::default();
        let expanded = match syn::parse2::<ItemFn>(item.clone()) {
            Ok(function) => expand_function(attr, function, &mut errors),
            Err(error) => {
                let is_function = item
                    .clone()
                    .into_iter()
                    .any(|tree| tree.to_string() == "fn");
                match is_function {
                    true => errors.push(error),
                    false => errors.on(&item, errors::TEST_IS_A_FUNCTION),
                }
                item
            }
        };
        let errors = errors.emit();
        quote!(#errors #expanded)
    })
}

fn expand_function(attr: TokenStream, mut function: ItemFn, errors: &mut Errors) -> TokenStream {
    let before = errors.n();
    check(&function.sig, errors);
    take_test_attribute(&mut function.attrs, errors);
    attributes::allow_known(&mut function.attrs, errors);
    let test_options = TestOptions::parse(attr, errors);
    let attrs = std::mem::take(&mut function.attrs);
    let (vis, name) = (function.vis.clone(), function.sig.ident.clone());
    let span = hygienic(name.span());
    if errors.n() > before {
        return quote_spanned!(span=> #(#attrs)* #[allow(dead_code)] #vis fn #name() {});
    }
    let options = Options {
        local: true,
        ..Options::default()
    };
    function.vis = syn::Visibility::Inherited;
    let body = function::expand(function, &options, errors);
    let (run, companion) = (names::run_test(span), companion(&name));
    let test_options = test_options.emit(span);
    quote_spanned!(span=>
        #(#attrs)* #[::core::prelude::v1::test] #vis fn #name() {
            #body
            #run(#test_options, || #companion())
        }
    )
}

/// Reports every reason why this cannot be a test.
fn check(signature: &Signature, errors: &mut Errors) {
    if let Some(token) = &signature.asyncness {
        errors.on(token, errors::ASYNC_TEST);
    }
    let qualifiers = [
        signature.constness.as_ref().map(ToTokens::to_token_stream),
        signature.abi.as_ref().map(ToTokens::to_token_stream),
        match &signature.safety {
            syn::Safety::Default => None,
            other => Some(other.to_token_stream()),
        },
    ];
    for qualifier in qualifiers.into_iter().flatten() {
        errors.on(qualifier, errors::QUALIFIED_TEST);
    }
    if !signature.inputs.is_empty() {
        errors.on(&signature.inputs, errors::TEST_HAS_NO_ARGUMENTS);
    }
    if !signature.generics.params.is_empty() {
        errors.on(&signature.generics.params, errors::TEST_IS_NOT_GENERIC);
    }
}

/// Two attributes would make two tests of it.
fn take_test_attribute(attrs: &mut Vec<Attribute>, errors: &mut Errors) {
    attrs.retain(|attr| {
        let is_test = attr.path().is_ident("test");
        if is_test {
            errors.on(attr, errors::TEST_TWICE);
        }
        !is_test
    });
}
