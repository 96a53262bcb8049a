//! The form of `select!`.

use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Pat, Result, Token};

/// `biased; pattern = body, if guard => handler, .., else => handler`
pub(crate) struct SelectForm {
    /// The branches are tried in the order in which they stand.
    pub(crate) is_biased: bool,
    pub(crate) branches: Vec<BranchForm>,
    pub(crate) otherwise: Option<Expr>,
    /// `otherwise` is a `default`: it does not wait for the branches.
    pub(crate) is_default: bool,
}

/// `pattern = body, if guard => handler`
pub(crate) struct BranchForm {
    pub(crate) pattern: Pat,
    pub(crate) body: Expr,
    pub(crate) guard: Option<Expr>,
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
            is_biased: is_word(input, "biased") && input.peek2(Token![;]),
            branches: Vec::new(),
            otherwise: None,
            is_default: false,
        };
        if form.is_biased {
            input.parse::<Ident>()?;
            input.parse::<Token![;]>()?;
        }
        while !input.is_empty() {
            form.is_default = is_word(input, "default") && input.peek2(Token![=>]);
            if form.is_default || input.peek(Token![else]) {
                let word = input.call(Ident::parse_any)?;
                input.parse::<Token![=>]>()?;
                form.otherwise = Some(handler(input)?);
                if !input.is_empty() {
                    return Err(syn::Error::new(
                        word.span(),
                        format!(
                            "`{word}` is the last branch, and there is one of `else` and `default`"
                        ),
                    ));
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
        let branch = input.fork();
        let (pattern, body) =
            value_of_call(input).map_err(|error| without_a_pattern(&branch, error))?;
        let guard = if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            input.parse::<Token![if]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        input.parse::<Token![=>]>()?;
        Ok(BranchForm {
            pattern,
            body,
            guard,
            handler: handler(input)?,
        })
    }
}

/// `pattern = body`
fn value_of_call(input: ParseStream<'_>) -> Result<(Pat, Expr)> {
    let pattern = Pat::parse_multi_with_leading_vert(input)?;
    if input.peek(Token![=>]) {
        return Err(input.error("expected `=`"));
    }
    input.parse::<Token![=]>()?;
    Ok((pattern, input.parse()?))
}

/// The error of a branch that is `call() => ..`, as in Go's `select`; of another branch, the one
/// that was found.
fn without_a_pattern(branch: ParseStream<'_>, error: syn::Error) -> syn::Error {
    match branch.parse::<Expr>() {
        Ok(call) if !matches!(call, Expr::Assign(_)) && branch.peek(Token![=>]) => {
            syn::Error::new_spanned(
                call,
                "a branch of `select!` begins with a pattern for the value of its call: \
                 `value = call() => ..`, or `_ = call() => ..`",
            )
        }
        _ => error,
    }
}

/// Whether the next token is this word, which is none of Rust's.
fn is_word(input: ParseStream<'_>, word: &str) -> bool {
    let ident = input.fork().parse::<Ident>();
    ident.is_ok_and(|ident| ident == word)
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
