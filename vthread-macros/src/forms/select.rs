//! The form of `select!`.

use crate::errors::Errors;
use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Pat, Result, Token};

/// `pattern = body => handler, .., else => handler`
pub(crate) struct SelectForm {
    pub(crate) branches: Vec<BranchForm>,
    pub(crate) otherwise: Option<Expr>,
}

/// `pattern = body => handler`
pub(crate) struct BranchForm {
    pub(crate) pattern: Pat,
    pub(crate) body: Expr,
    pub(crate) handler: Expr,
}

impl SelectForm {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        match Self::parse_form.parse2(tokens) {
            Ok(form) => Some(form),
            Err(error) => {
                errors.push(error);
                None
            }
        }
    }

    fn parse_form(input: ParseStream<'_>) -> Result<Self> {
        let mut form = SelectForm {
            branches: Vec::new(),
            otherwise: None,
        };
        while !input.is_empty() {
            if input.peek(Token![else]) {
                let token: Token![else] = input.parse()?;
                input.parse::<Token![=>]>()?;
                form.otherwise = Some(handler(input)?);
                if !input.is_empty() {
                    return Err(syn::Error::new(token.span, "`else` is the last branch"));
                }
            } else {
                form.branches.push(input.parse()?);
            }
        }
        if form.branches.is_empty() {
            return Err(input.error("`select!` has branches: `value = call() => { .. }`"));
        }
        Ok(form)
    }
}

impl Parse for BranchForm {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        input.parse::<Token![=]>()?;
        let body = input.parse()?;
        input.parse::<Token![=>]>()?;
        Ok(BranchForm {
            pattern,
            body,
            handler: handler(input)?,
        })
    }
}

/// A block, or an expression and a comma.
pub(crate) fn handler(input: ParseStream<'_>) -> Result<Expr> {
    if input.peek(syn::token::Brace) {
        let block: syn::ExprBlock = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        return Ok(Expr::Block(block));
    }
    let handler = input.parse()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(handler)
}
