//! The arguments of `group!`, `spawn!` and `background!`: `[options =>] body`, parsed and checked.

use crate::errors::Errors;
use crate::forms::bind::Bindings;
use crate::forms::enclosure::Enclosure;
use crate::names::plain_text;
use proc_macro2::{Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Block, Expr, ExprClosure, Ident, Pat, Result, Stmt, Token, Type, parse_quote_spanned};

/// `group!([g,] [max_concurrency = n,] [name = n,] [error = E,] [on_failure = f,] [grace = d] =>
/// body)`
pub(crate) struct GroupForm {
    pub(crate) handle: Option<Ident>,
    pub(crate) max_concurrency: Option<Expr>,
    pub(crate) name: Option<Expr>,
    pub(crate) error: Option<Type>,
    pub(crate) grace: Option<Expr>,
    pub(crate) on_failure: OnFailure,
    pub(crate) body: Block,
}

/// `on_failure = ..`
#[derive(Clone, Copy, PartialEq, Default)]
pub(crate) enum OnFailure {
    #[default]
    Cancel,
    Collect,
    Keep,
}

impl OnFailure {
    fn parse(value: &Expr) -> Option<Self> {
        let Expr::Path(path) = value else { return None };
        match plain_text(path.path.get_ident()?).as_str() {
            "cancel" => Some(OnFailure::Cancel),
            "collect" => Some(OnFailure::Collect),
            "keep" => Some(OnFailure::Keep),
            _ => None,
        }
    }
}

/// `spawn!([g,] [move,] [service,] [name = n] => body)`
pub(crate) struct SpawnForm {
    pub(crate) handle: Option<Ident>,
    pub(crate) moves: Option<Token![move]>,
    pub(crate) name: Option<Expr>,
    pub(crate) service: bool,
    pub(crate) body: Block,
}

/// `background!([move,] [name = n] => body)`
pub(crate) struct BackgroundForm {
    pub(crate) name: Option<Expr>,
    pub(crate) body: Block,
}

/// `timeout!(limit => body)`, `bind!(NAME = value => body)`, `shield! { body }`
pub(crate) struct EnclosureForm {
    pub(crate) head: Head,
    pub(crate) body: Block,
}

/// The part before the arrow.
pub(crate) enum Head {
    Nothing,
    Limit(Expr),
    Bindings(Bindings),
}

impl Head {
    /// The values that are evaluated before the body.
    pub(crate) fn values(&self) -> Vec<&Expr> {
        match self {
            Head::Nothing => Vec::new(),
            Head::Limit(limit) => vec![limit],
            Head::Bindings(bindings) => bindings.0.iter().map(|binding| &binding.value).collect(),
        }
    }
}

const GROUP_OPTIONS: &str = "`group!` knows a handle (`g`), `max_concurrency = n`, `name = \"..\"`, `error = E`, `on_failure = keep` and `grace = duration`, \
    as in `group!(g, max_concurrency = 8 => { .. })`";
const SPAWN_OPTIONS: &str = "`spawn!` knows a group's handle (`g`), `move`, `name = \"..\"` and `service`, \
    as in `spawn!(g, name = \"worker\" => { .. })`";
const BACKGROUND_OPTIONS: &str = "`background!` knows `name = \"..\"` and `move`, which goes without saying, \
    as in `background!(name = \"worker\" => { .. })`";

impl GroupForm {
    pub(crate) fn parse(tokens: TokenStream, at: Span, errors: &mut Errors) -> Option<Self> {
        let (options, body) = split(tokens, at, "group!(max_concurrency = 8 => { .. })", errors)?;
        match &body.stmts[..] {
            [Stmt::Expr(Expr::Closure(closure), None)] if takes_a_handle(closure) => {
                errors.on(
                    closure,
                    "`group!` takes the group's body, not a closure: `group!(g => { .. })`",
                );
                return None;
            }
            _ => {}
        }
        let mut form = GroupForm {
            handle: None,
            max_concurrency: None,
            name: None,
            error: None,
            grace: None,
            on_failure: OnFailure::default(),
            body,
        };
        for (position, option) in options.into_iter().enumerate() {
            let key = option.key_text();
            match (key.as_str(), option.value) {
                ("max_concurrency", Some(Value::Expr(value))) => {
                    once(&mut form.max_concurrency, value, &option.key, errors)
                }
                ("name", Some(Value::Expr(value))) => once(&mut form.name, value, &option.key, errors),
                ("error", Some(Value::Type(value))) => once(&mut form.error, value, &option.key, errors),
                ("on_failure", Some(Value::Expr(value))) => match OnFailure::parse(&value) {
                    Some(choice) => form.on_failure = choice,
                    None => errors.on(
                        &value,
                        "`on_failure` is one of `cancel`, `keep` and `collect`",
                    ),
                },
                ("on_failure", _) => errors.on(
                    &option.key,
                    "`on_failure` needs a value: `on_failure = cancel`, `keep` or `collect`",
                ),
                ("grace", Some(Value::Expr(value))) => once(&mut form.grace, value, &option.key, errors),
                ("max_concurrency" | "name" | "error" | "grace", None) => {
                    errors.on(&option.key, format!("`{key}` needs a value: `{key} = ..`"))
                }
                ("move" | "service", _) => errors.on(
                    &option.key,
                    format!("`{key}` is an option of `spawn!`, not of `group!`. {GROUP_OPTIONS}"),
                ),
                (_, None) if position == 0 => form.handle = syn::parse2(option.key).ok(),
                (_, None) => errors.on(
                    &option.key,
                    format!("the handle comes first, as in `group!({key}, max_concurrency = 8 => {{ .. }})`"),
                ),
                (_, Some(_)) => {
                    errors.on(&option.key, format!("unknown option `{key}`. {GROUP_OPTIONS}"))
                }
            }
        }
        Some(form)
    }
}

/// Whether a closure is meant as the body of a group, with the handle as its argument, as in std's
/// scoped threads. A closure may also be a group's value.
fn takes_a_handle(closure: &ExprClosure) -> bool {
    let Some(Pat::Ident(handle)) = closure.inputs.first() else {
        return false;
    };
    // The spacing of tokens in text differs between compilers.
    let text = closure.body.to_token_stream().to_string();
    let text: String = text.split_whitespace().collect();
    let spawns = |end| text.contains(&format!("spawn!({}{end}", handle.ident));
    closure.inputs.len() == 1 && (spawns("=>") || spawns(","))
}

impl SpawnForm {
    pub(crate) fn parse(tokens: TokenStream, at: Span, errors: &mut Errors) -> Option<Self> {
        let (options, body) = split(tokens, at, "spawn!(name = \"worker\" => { .. })", errors)?;
        if let [Stmt::Expr(closure @ Expr::Closure(_), None)] = &body.stmts[..] {
            errors.on(
                closure,
                "`spawn!` takes the child's body, not a closure: `spawn! { .. }`",
            );
        }
        let mut form = SpawnForm {
            handle: None,
            moves: None,
            name: None,
            service: false,
            body,
        };
        for (position, option) in options.into_iter().enumerate() {
            let key = option.key_text();
            match (key.as_str(), option.value) {
                ("move", None) => form.moves = syn::parse2(option.key).ok(),
                ("service", None) => form.service = true,
                ("name", Some(Value::Expr(value))) => {
                    once(&mut form.name, value, &option.key, errors)
                }
                ("name", None) => errors.on(&option.key, "`name` needs a value: `name = \"..\"`"),
                ("max_concurrency" | "error" | "on_failure" | "grace", _) => errors.on(
                    &option.key,
                    format!("`{key}` is an option of `group!`, not of `spawn!`. {SPAWN_OPTIONS}"),
                ),
                (_, None) if position == 0 => form.handle = syn::parse2(option.key).ok(),
                (_, None) => errors.on(
                    &option.key,
                    format!(
                        "the group's handle comes first, as in `spawn!({key}, move => {{ .. }})`"
                    ),
                ),
                (_, Some(_)) => errors.on(
                    &option.key,
                    format!("unknown option `{key}`. {SPAWN_OPTIONS}"),
                ),
            }
        }
        Some(form)
    }
}

impl BackgroundForm {
    pub(crate) fn parse(tokens: TokenStream, at: Span, errors: &mut Errors) -> Option<Self> {
        let (options, body) = split(
            tokens,
            at,
            "background!(name = \"worker\" => { .. })",
            errors,
        )?;
        if let [Stmt::Expr(closure @ Expr::Closure(_), None)] = &body.stmts[..] {
            errors.on(
                closure,
                "`background!` takes the child's body, not a closure: `background! { .. }`",
            );
        }
        let mut form = BackgroundForm { name: None, body };
        for option in options {
            let key = option.key_text();
            match (key.as_str(), option.value) {
                ("move", None) => {}
                ("name", Some(Value::Expr(value))) => {
                    once(&mut form.name, value, &option.key, errors)
                }
                ("name", None) => errors.on(&option.key, "`name` needs a value: `name = \"..\"`"),
                ("service", None) => errors.on(
                    &option.key,
                    "every child of the process is a service: leave `service` out",
                ),
                ("max_concurrency" | "error" | "on_failure" | "grace", _) => errors.on(
                    &option.key,
                    format!("`{key}` is an option of `group!`, not of `background!`. {BACKGROUND_OPTIONS}"),
                ),
                (_, None) => errors.on(
                    &option.key,
                    format!("a child of the process has no other group: use `spawn!({key} => {{ .. }})`. {BACKGROUND_OPTIONS}"),
                ),
                (_, Some(_)) => errors.on(
                    &option.key,
                    format!("unknown option `{key}`. {BACKGROUND_OPTIONS}"),
                ),
            }
        }
        Some(form)
    }
}

impl EnclosureForm {
    pub(crate) fn parse(
        tokens: TokenStream,
        which: Enclosure,
        at: Span,
        errors: &mut Errors,
    ) -> Option<Self> {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let (head, body) = match (which.example(), arrow(&trees)) {
            (Some(_), Some(arrow @ 1..)) => (Some(&trees[..arrow]), &trees[arrow + 2..]),
            (Some(example), _) => {
                errors.at(at, format!("this is written `{example}`"));
                return None;
            }
            (None, _) => (None, &trees[..]),
        };
        let head = match head {
            Some(head) => {
                let head: TokenStream = head.iter().cloned().collect();
                match which {
                    Enclosure::Bind => syn::parse2(head).map(Head::Bindings),
                    _ => syn::parse2(head).map(Head::Limit),
                }
            }
            None => Ok(Head::Nothing),
        };
        let head = head.map_err(|error| errors.push(error)).ok()?;
        if let Head::Limit(Expr::Assign(option)) = &head {
            errors.on(
                &option.left,
                "`timeout!` has no options: its limit is a `Duration` or an `Instant`, as in `timeout!(limit => { .. })`",
            );
            return None;
        }
        match Block::parse_within.parse2(body.iter().cloned().collect()) {
            Ok(stmts) => Some(EnclosureForm {
                head,
                body: block_of(stmts, at),
            }),
            Err(error) => {
                errors.push(error);
                None
            }
        }
    }
}

pub(crate) fn once<T>(slot: &mut Option<T>, value: T, key: &TokenStream, errors: &mut Errors) {
    if slot.replace(value).is_some() {
        errors.on(key, "this option is given twice");
    }
}

/// One option: `g`, `move`, `name = ..`.
pub(crate) struct Item {
    pub(crate) key: TokenStream,
    pub(crate) value: Option<Value>,
}

pub(crate) enum Value {
    Expr(Expr),
    Type(Type),
}

impl Item {
    pub(crate) fn key_text(&self) -> String {
        self.ident()
            .map_or_else(|| self.key.to_string(), |ident| plain_text(&ident))
    }
    fn ident(&self) -> Option<Ident> {
        syn::parse2(self.key.clone()).ok()
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Token![move]) {
            let token: Token![move] = input.parse()?;
            return Ok(Item {
                key: token.to_token_stream(),
                value: None,
            });
        }
        let key: Ident = input.parse()?;
        let value = match input.parse::<Option<Token![=]>>()? {
            None => None,
            Some(_) if key == "error" => Some(Value::Type(input.parse()?)),
            Some(_) => Some(Value::Expr(input.parse()?)),
        };
        Ok(Item {
            key: key.to_token_stream(),
            value,
        })
    }
}

/// The position of the first `=>` outside of brackets.
fn arrow(trees: &[TokenTree]) -> Option<usize> {
    trees.windows(2).position(|pair| match pair {
        [TokenTree::Punct(equals), TokenTree::Punct(greater)] => {
            equals.as_char() == '='
                && equals.spacing() == Spacing::Joint
                && greater.as_char() == '>'
        }
        _ => false,
    })
}

/// Splits at the `=>`. A body that merely contains a `match` keeps its arrows inside braces.
fn split(
    tokens: TokenStream,
    at: Span,
    example: &str,
    errors: &mut Errors,
) -> Option<(Vec<Item>, Block)> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let arrow = arrow(&trees);
    let (head, body) = match arrow {
        Some(arrow) => (&trees[..arrow], &trees[arrow + 2..]),
        None => (&trees[..0], &trees[..]),
    };
    let head =
        Punctuated::<Item, Token![,]>::parse_terminated.parse2(head.iter().cloned().collect());
    let body_tokens: TokenStream = body.iter().cloned().collect();
    let body = Block::parse_within.parse2(body_tokens);
    let head = head.map_err(|error| errors.push(error)).ok();
    let stmts = match body {
        Ok(stmts) => stmts,
        Err(_) if arrow.is_none() && looks_like_options(&trees) => {
            errors.at(
                trees[0].span(),
                format!("options end with `=>`, as in `{example}`"),
            );
            return None;
        }
        Err(error) => {
            errors.push(error);
            return None;
        }
    };
    Some((head?.into_iter().collect(), block_of(stmts, at)))
}

/// `name = ..` or `name, ..`: no statement begins like this and ends without `;`.
fn looks_like_options(trees: &[TokenTree]) -> bool {
    let ends = trees
        .iter()
        .any(|tree| matches!(tree, TokenTree::Punct(p) if p.as_char() == ';'));
    match trees {
        [TokenTree::Ident(_), TokenTree::Punct(second), ..] => {
            !ends && matches!(second.as_char(), '=' | ',')
        }
        _ => false,
    }
}

/// `=> { .. }`: a single block is the body itself.
fn block_of(mut stmts: Vec<Stmt>, at: Span) -> Block {
    if let [Stmt::Expr(Expr::Block(block), None)] = &mut stmts[..] {
        if block.label.is_none() && block.attrs.is_empty() {
            return block.block.clone();
        }
    }
    let mut body: Block = parse_quote_spanned!(at=> {});
    body.stmts = stmts;
    body
}
