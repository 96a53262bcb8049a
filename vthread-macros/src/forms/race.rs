//! The form of `race!`.

use crate::errors::Errors;
use crate::forms::form::{Item, Value, once};
use crate::forms::select::handler;
use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Block, Error, Expr, Pat, Result, Token, Type, parse_quote};

/// `[max_concurrency = n,] [name = n,] [error = E,] for pattern in collection => body, else =>
/// handler`
pub(crate) struct RaceForm {
    pub(crate) max_concurrency: Option<Expr>,
    pub(crate) name: Option<Expr>,
    pub(crate) error: Option<Type>,
    pub(crate) pattern: Pat,
    pub(crate) collection: Expr,
    pub(crate) body: Block,
    pub(crate) otherwise: Option<Expr>,
}

const EXAMPLE: &str = "this is written `race!(for item in items => { .. })`";
const OPTIONS: &str = "`race!` knows `max_concurrency = n`, `name = \"..\"` and `error = E`, \
    as in `race!(max_concurrency = 8, for item in items => { .. })`";

impl RaceForm {
    pub(crate) fn parse(tokens: TokenStream, at: Span, errors: &mut Errors) -> Option<Self> {
        let parser = |input: ParseStream<'_>| Self::parse_form(input, at, errors);
        match parser.parse2(tokens) {
            Ok(form) => Some(form),
            Err(error) => {
                errors.push(error);
                None
            }
        }
    }

    fn parse_form(input: ParseStream<'_>, at: Span, errors: &mut Errors) -> Result<Self> {
        let (mut max_concurrency, mut name, mut error) = (None, None, None);
        while !input.peek(Token![for]) {
            if input.is_empty() {
                return Err(Error::new(at, EXAMPLE));
            }
            let option: Item = match input.fork().parse::<Item>() {
                Ok(_) => input.parse()?,
                Err(_) => return Err(input.error(EXAMPLE)),
            };
            let key = option.key_text();
            match (key.as_str(), option.value) {
                ("max_concurrency", Some(Value::Expr(value))) => {
                    once(&mut max_concurrency, value, &option.key, errors);
                }
                ("name", Some(Value::Expr(value))) => once(&mut name, value, &option.key, errors),
                ("error", Some(Value::Type(value))) => {
                    once(&mut error, value, &option.key, errors);
                }
                ("max_concurrency" | "name" | "error", None) => {
                    errors.on(&option.key, format!("`{key}` needs a value: `{key} = ..`"))
                }
                (_, Some(_)) => {
                    errors.on(&option.key, format!("unknown option `{key}`. {OPTIONS}"));
                }
                (_, None) => return Err(Error::new_spanned(&option.key, EXAMPLE)),
            }
            input.parse::<Token![,]>()?;
        }
        input.parse::<Token![for]>()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        input.parse::<Token![in]>()?;
        let collection = input.call(Expr::parse_without_eager_brace)?;
        if !input.peek(Token![=>]) {
            return Err(input.error(EXAMPLE));
        }
        input.parse::<Token![=>]>()?;
        let body = match handler(input)? {
            Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => block.block,
            body => parse_quote!({ #body }),
        };
        let mut otherwise = None;
        if input.peek(Token![else]) {
            input.parse::<Token![else]>()?;
            input.parse::<Token![=>]>()?;
            otherwise = Some(handler(input)?);
        }
        if !input.is_empty() {
            return Err(input.error("after its body a `race!` has only `else => ..`"));
        }
        Ok(RaceForm {
            max_concurrency,
            name,
            error,
            pattern,
            collection,
            body,
            otherwise,
        })
    }
}
