//! The expansion of `context_var!`: each declaration becomes a `static` of the same name and
//! visibility, with the default as a function, so that it need not be a constant.

use crate::errors::Errors;
use crate::names::{self, hygienic};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Result, Token, Type, Visibility};

/// `#[attr] pub static NAME: Type = default;`
struct Declaration {
    attrs: Vec<Attribute>,
    vis: Visibility,
    static_token: Token![static],
    name: Ident,
    ty: Type,
    default: Expr,
}

pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let declarations = match parse_all.parse2(tokens) {
        Ok(declarations) => declarations,
        Err(error) => {
            errors.push(error);
            Vec::new()
        }
    };
    let errors = errors.emit();
    let declarations = declarations.into_iter().map(declare);
    quote!(#errors #(#declarations)*)
}

fn parse_all(input: ParseStream<'_>) -> Result<Vec<Declaration>> {
    let mut declarations = Vec::new();
    while !input.is_empty() {
        declarations.push(parse_one(input)?);
    }
    Ok(declarations)
}

fn parse_one(input: ParseStream<'_>) -> Result<Declaration> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    if !input.peek(Token![static]) {
        return Err(input.error(
            "a context variable is declared like a static: `static NAME: Type = default;`",
        ));
    }
    let static_token = input.parse()?;
    if input.peek(Token![mut]) {
        return Err(input.error(
            "a context variable is never assigned to: leave out `mut`, and give it a value \
             for a while with `bind!(NAME = value => { .. })`",
        ));
    }
    let name: Ident = input.parse()?;
    if !input.peek(Token![:]) {
        return Err(input.error(format!(
            "a context variable has its type written out: `static {name}: Type = default;`"
        )));
    }
    input.parse::<Token![:]>()?;
    let ty = input.parse()?;
    if !input.peek(Token![=]) {
        return Err(input.error(format!(
            "a context variable has a default, for where nothing is bound: `static {name}: .. = default;`"
        )));
    }
    input.parse::<Token![=]>()?;
    let default = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(Declaration {
        attrs,
        vis,
        static_token,
        name,
        ty,
        default,
    })
}

fn declare(declaration: Declaration) -> TokenStream {
    let Declaration {
        attrs,
        vis,
        static_token,
        name,
        ty,
        default,
    } = declaration;
    // Located at the type, which may be one that a variable cannot have.
    let span = hygienic(ty.span());
    let variable = names::context_var(span);
    quote_spanned!(span=>
        #(#attrs)*
        #vis #static_token #name: #variable<#ty> = #variable::<#ty>::__new(|| -> #ty { #default });
    )
}
