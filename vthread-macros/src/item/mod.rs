//! `#[vthread]` on items: parse, check, emit. After an error the item keeps its signature, so that
//! its callers still compile.

pub(crate) mod announce;
mod announced;
pub(crate) mod attributes;
pub(crate) mod check;
pub(crate) mod context_var;
pub(crate) mod dyn_signature;
pub(crate) mod frame;
pub(crate) mod function;
mod hidden_by_module;
pub(crate) mod impl_block;
pub(crate) mod instrument;
pub(crate) mod neighbours;
pub(crate) mod options;
mod recursive_default;
pub(crate) mod signature;
mod statements;
pub(crate) mod test;
mod test_options;
pub(crate) mod trait_def;

use crate::errors::{self, Errors};
use crate::library;
use options::{On, Options};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Item;

/// The expansion of `#[vthread(attr)] item`.
pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    library::reached_by(options::library(&attr), || expand_item(attr, item))
}

fn expand_item(attr: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if library::is_of_2015() {
        errors.at(proc_macro2::Span::call_site(), errors::EDITION_2015);
    }
    let parsed = syn::parse2::<Item>(item.clone()).or_else(|error| {
        let opened = statements::opened(item.clone()).ok_or(error)?;
        syn::parse2(opened)
    });
    let expanded = match parsed {
        Ok(Item::Fn(mut function)) => {
            attributes::allow_known_of_function(&mut function.attrs, &mut errors);
            let options = Options::parse(attr, On::Function, &mut errors);
            function::expand(function, &options, &mut errors)
        }
        Ok(Item::Impl(mut block)) => {
            attributes::allow_known(&mut block.attrs, &mut errors);
            let options = Options::parse(attr, On::Impl, &mut errors);
            impl_block::expand(block, &options, &mut errors)
        }
        Ok(Item::Trait(mut definition)) => {
            attributes::allow_known(&mut definition.attrs, &mut errors);
            let options = Options::parse(attr, On::Trait, &mut errors);
            trait_def::expand(definition, &options, &mut errors)
        }
        Ok(other) => {
            errors.on(&other, errors::NOT_AN_ITEM);
            other.into_token_stream()
        }
        Err(error) => {
            errors.push(error);
            item
        }
    };
    let errors = errors.emit();
    quote!(#errors #expanded)
}
