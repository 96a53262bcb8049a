//! `#[instrument(..)]` of the crate `tracing` below `#[vthread]`: the span of a call, as an `async
//! fn` has it. It is entered whenever the frame is polled, and left when that waits.
//!
//! The attribute is read here, and not handed on: it would act on the expansion. What it names is
//! handed to `tracing::span!` and `tracing::event!`. The frame is not: whatever bears the name
//! `tracing` is given a closure that polls it. A function that never runs keeps the attribute, so
//! that its import is used and its name must be found.

use super::attributes::under_condition;
use crate::errors::{self, Errors};
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Block, Expr, FnArg, Ident, LitInt, LitStr, Meta, Pat, Path, Signature, Stmt, Token,
    Type, parenthesized,
};

/// Types whose values `tracing` records as they are; all others are recorded by `Debug`.
const VALUES: &str = "bool str u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 f32 f64 usize isize String NonZeroU8 \
    NonZeroI8 NonZeroU16 NonZeroI16 NonZeroU32 NonZeroI32 NonZeroU64 NonZeroI64 \
    NonZeroU128 NonZeroI128 NonZeroUsize NonZeroIsize Wrapping";

/// The span of a function, and the events at its end.
pub(crate) struct Instrument {
    /// The condition under which it is there.
    condition: Option<TokenStream>,
    /// The attribute's path.
    path: Path,
    span: TokenStream,
    err: Option<TokenStream>,
    ret: Option<TokenStream>,
}

/// Whether this is the attribute, perhaps under a condition.
pub(crate) fn is_instrument(meta: &Meta) -> bool {
    let path = meta.path();
    if path.is_ident("cfg_attr") {
        let parts = under_condition(meta);
        return parts.len() == 2 && is_instrument(&parts[1]);
    }
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|it| plain_text(&it.ident))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    matches!(names[..], ["instrument"] | ["tracing", "instrument"])
}

/// Takes the attribute of a function, before its patterns are taken.
pub(crate) fn take(
    attrs: &mut Vec<Attribute>,
    signature: &Signature,
    errors: &mut Errors,
) -> Option<Instrument> {
    let at = attrs.iter().position(|attr| is_instrument(&attr.meta))?;
    let attr = attrs.remove(at);
    if let Some(second) = attrs.iter().find(|attr| is_instrument(&attr.meta)) {
        errors.on(second, errors::INSTRUMENT_TWICE);
        attrs.retain(|attr| !is_instrument(&attr.meta));
    }
    let (condition, meta) = match attr.path().is_ident("cfg_attr") {
        true => {
            let mut parts = under_condition(&attr.meta).into_iter();
            (parts.next().map(ToTokens::into_token_stream), parts.next()?)
        }
        false => (None, attr.meta),
    };
    let arguments = match &meta {
        Meta::List(list) => syn::parse2::<Arguments>(list.tokens.clone()),
        _ => Ok(Arguments::default()),
    };
    match arguments.and_then(|arguments| arguments.check(signature)) {
        Ok(arguments) => Some(arguments.instrument(condition, meta.path().clone(), signature)),
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

/// Reports the attribute above `#[vthread]`, which has put its guard into the body already: as a
/// variable of the body or of a block there.
pub(crate) fn refuse_above(name: &Ident, block: &Block, errors: &mut Errors) {
    if declares_guard(block) {
        errors.on(name, errors::INSTRUMENT_ABOVE);
    }
}

fn declares_guard(block: &Block) -> bool {
    block.stmts.iter().any(|statement| match statement {
        Stmt::Local(local) => {
            matches!(&local.pat, Pat::Ident(variable) if variable.ident == "__tracing_attr_guard")
        }
        Stmt::Expr(Expr::Block(inner), _) => declares_guard(&inner.block),
        _ => false,
    })
}

impl Instrument {
    /// The frame of the body: `plain` without a span, `inner` in one.
    pub(crate) fn wrap(&self, at: Span, plain: &TokenStream, inner: &TokenStream) -> TokenStream {
        let (path, span) = (&self.path, &self.span);
        let body = quote_spanned!(at=> async move { #inner });
        let body = match (&self.err, &self.ret) {
            (None, None) => body,
            (None, Some(ret)) => quote_spanned!(at=> async move {
                let __value = #body.await;
                #ret
                __value
            }),
            (err, ret) => quote_spanned!(at=> async move {
                match #body.await {
                    ::core::result::Result::Ok(__value) => {
                        #ret
                        ::core::result::Result::Ok(__value)
                    }
                    ::core::result::Result::Err(__error) => {
                        #err
                        ::core::result::Result::Err(__error)
                    }
                }
            }),
        };
        let in_span = names::in_span(at);
        let whole = quote_spanned!(at=>
            const _: () = { #[#path(skip_all)] #[allow(dead_code)] fn __instrumented() {} };
            let __span = #span;
            let __enter = move |__poll: &mut dyn ::core::ops::FnMut()| {
                ::tracing::Span::in_scope(&__span, __poll)
            };
            #in_span(#body, __enter).await
        );
        match &self.condition {
            None => whole,
            Some(condition) => quote_spanned!(at=>
                #[cfg(#condition)] { #whole }
                #[cfg(not(#condition))] { #plain }
            ),
        }
    }
}

/// The arguments of the attribute.
#[derive(Default)]
struct Arguments {
    name: Option<TokenStream>,
    target: Option<TokenStream>,
    level: Option<TokenStream>,
    parent: Option<Expr>,
    skips: Vec<Ident>,
    skips_all: bool,
    fields: Option<TokenStream>,
    err: Option<EventArguments>,
    ret: Option<EventArguments>,
}

/// The arguments of `err` and `ret`.
#[derive(Default)]
struct EventArguments {
    level: Option<TokenStream>,
    /// `Debug` or `Display`.
    mode: Option<Ident>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut found = Arguments::default();
        while !input.is_empty() {
            if input.peek(LitStr) {
                found.name = Some(input.parse::<LitStr>()?.into_token_stream());
            } else {
                let key = input.call(Ident::parse_any)?;
                match key.to_string().as_str() {
                    "name" => found.name = Some(text_or_name(input)?),
                    "target" => found.target = Some(text_or_name(input)?),
                    "level" => found.level = Some(level(input)?),
                    "parent" => {
                        input.parse::<Token![=]>()?;
                        found.parent = Some(input.parse()?);
                    }
                    "skip" => {
                        let names;
                        parenthesized!(names in input);
                        let names = names.parse_terminated(Ident::parse_any, Token![,])?;
                        found.skips.extend(names);
                    }
                    "skip_all" => found.skips_all = true,
                    "fields" => {
                        let fields;
                        parenthesized!(fields in input);
                        found.fields = Some(fields.parse()?);
                    }
                    "err" => found.err = Some(input.parse()?),
                    "ret" => found.ret = Some(input.parse()?),
                    other => {
                        return Err(syn::Error::new(
                            key.span(),
                            errors::unknown_in_instrument(other),
                        ));
                    }
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(found)
    }
}

impl Parse for EventArguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut found = EventArguments::default();
        if !input.peek(syn::token::Paren) {
            return Ok(found);
        }
        let inside;
        parenthesized!(inside in input);
        while !inside.is_empty() {
            let key = inside.parse::<Ident>()?;
            match key.to_string().as_str() {
                "level" => found.level = Some(level(&inside)?),
                "Debug" | "Display" => found.mode = Some(key),
                _ => return Err(syn::Error::new(key.span(), errors::EVENT_OF_INSTRUMENT)),
            }
            if !inside.is_empty() {
                inside.parse::<Token![,]>()?;
            }
        }
        Ok(found)
    }
}

/// After the key: `= "text"`, or `= NAME` of a constant.
fn text_or_name(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    input.parse::<Token![=]>()?;
    if input.peek(LitStr) {
        return Ok(input.parse::<LitStr>()?.into_token_stream());
    }
    Ok(input.parse::<Path>()?.into_token_stream())
}

/// After the key: `= "debug"`, `= 2`, or `= Level::DEBUG`.
fn level(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    input.parse::<Token![=]>()?;
    let (text, span) = if input.peek(LitStr) {
        let text = input.parse::<LitStr>()?;
        (text.value().to_lowercase(), text.span())
    } else if input.peek(LitInt) {
        let number = input.parse::<LitInt>()?;
        (number.base10_digits().to_owned(), number.span())
    } else {
        return Ok(input.parse::<Path>()?.into_token_stream());
    };
    let name = match text.as_str() {
        "trace" | "1" => "TRACE",
        "debug" | "2" => "DEBUG",
        "info" | "3" => "INFO",
        "warn" | "4" => "WARN",
        "error" | "5" => "ERROR",
        _ => return Err(syn::Error::new(span, errors::LEVEL_OF_INSTRUMENT)),
    };
    let name = Ident::new(name, span);
    Ok(quote!(::tracing::Level::#name))
}

impl Arguments {
    fn check(self, signature: &Signature) -> syn::Result<Self> {
        let known = parameters(signature);
        let is_known = |skip: &&Ident| known.iter().any(|(name, _)| name == *skip);
        match self.skips.iter().find(|skip| !is_known(skip)) {
            Some(skip) => Err(syn::Error::new(skip.span(), errors::skips_nothing(skip))),
            None => Ok(self),
        }
    }

    fn instrument(
        self,
        condition: Option<TokenStream>,
        path: Path,
        signature: &Signature,
    ) -> Instrument {
        let own_name = plain_text(&signature.ident);
        let name = self.name.clone().unwrap_or_else(|| quote!(#own_name));
        let target = self.target.clone();
        let target = target.unwrap_or_else(|| quote!(::core::module_path!()));
        let info = quote!(::tracing::Level::INFO);
        let level = self.level.clone().unwrap_or(info);
        let parent = self.parent.iter();
        let named = self.fields.clone().map(named_fields).unwrap_or_default();
        let is_field = |name: &Ident| {
            let is_named = named.iter().any(|field| name == field);
            !(self.skips_all || self.skips.contains(name) || is_named)
        };
        let parameters = parameters(signature).into_iter();
        let parameters = parameters.filter(|(name, _)| is_field(name));
        let parameters = parameters.map(|(name, is_value)| match is_value {
            true => quote!(#name = #name),
            false => quote!(#name = ::tracing::field::debug(&#name)),
        });
        let fields = self.fields.iter();
        let span = quote!(::tracing::span!(
            target: #target, #(parent: #parent,)* #level, #name, #(#parameters,)* #(#fields)*
        ));
        let at = hygienic(Span::call_site());
        let error = quote!(::tracing::Level::ERROR);
        let err = self.err.map(|event| {
            let level = event.level.unwrap_or(error);
            let is_debug = event.mode.is_some_and(|mode| mode == "Debug");
            let sign = if is_debug { quote!(?) } else { quote!(%) };
            quote_spanned!(at=> ::tracing::event!(target: #target, #level, error = #sign __error);)
        });
        let ret = self.ret.map(|event| {
            let level = event.level.unwrap_or(level);
            let is_display = event.mode.is_some_and(|mode| mode == "Display");
            let sign = if is_display { quote!(%) } else { quote!(?) };
            quote_spanned!(at=> ::tracing::event!(target: #target, #level, return = #sign __value);)
        });
        Instrument {
            condition,
            path,
            span,
            err,
            ret,
        }
    }
}

/// The names in `fields(..)` that are single words.
fn named_fields(fields: TokenStream) -> Vec<Ident> {
    let mut named = Vec::new();
    let mut begins = true;
    let mut trees = fields.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match &tree {
            TokenTree::Punct(sign) if sign.as_char() == ',' => begins = true,
            TokenTree::Punct(sign) if begins && matches!(sign.as_char(), '?' | '%') => {}
            TokenTree::Ident(name) if begins => {
                let ends = matches!(trees.peek(), None | Some(TokenTree::Punct(_)));
                let has_parts =
                    matches!(trees.peek(), Some(TokenTree::Punct(it)) if it.as_char() == '.');
                if ends && !has_parts {
                    named.push(name.clone());
                }
                begins = false;
            }
            _ => begins = false,
        }
    }
    named
}

/// The variables that the parameters bind, and whether they are recorded as values.
fn parameters(signature: &Signature) -> Vec<(Ident, bool)> {
    let mut found = Vec::new();
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(this) => {
                found.push((Ident::new("self", this.self_token.span), false));
            }
            FnArg::Typed(argument) => bound(&argument.pat, is_value(&argument.ty), &mut found),
        }
    }
    found
}

fn bound(pattern: &Pat, is_value: bool, found: &mut Vec<(Ident, bool)>) {
    match pattern {
        Pat::Ident(ident) => found.push((ident.ident.clone(), is_value)),
        Pat::Reference(inner) => bound(&inner.pat, is_value, found),
        Pat::Paren(inner) => bound(&inner.pat, is_value, found),
        Pat::Tuple(tuple) => all_bound(&tuple.elems, found),
        Pat::TupleStruct(tuple) => all_bound(&tuple.elems, found),
        Pat::Struct(fields) => {
            let fields = fields.fields.iter();
            fields.for_each(|field| bound(&field.pat, false, found));
        }
        _ => {}
    }
}

fn all_bound(patterns: &Punctuated<Pat, Token![,]>, found: &mut Vec<(Ident, bool)>) {
    patterns
        .iter()
        .for_each(|pattern| bound(pattern, false, found));
}

fn is_value(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| {
                let name = plain_text(&last.ident);
                VALUES.split(' ').any(|value| name == value)
            })
        }
        Type::Reference(reference) => is_value(&reference.elem),
        _ => false,
    }
}
