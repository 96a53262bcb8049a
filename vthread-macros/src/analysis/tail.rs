//! The tail of a body or a child: a `Result` is the result, anything else is `Ok(tail)`.
//!
//! Syntax decides first (`Ok(v)` and `Err(e)` at the leaves of `if`, `match` and blocks; forms that
//! are never a `Result`), then the type, in the runtime's `Tail`.

use crate::emit::attributes;
use crate::names::plain_text;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{
    Attribute, Block, Expr, ExprCall, ExprGroup, Macro, PathArguments, Stmt, UnOp, parse_quote,
};

/// How a tail becomes the result.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Tail {
    /// Each leaf is marked and becomes a `Result` in place.
    Leaves,
    /// It is a value: `Ok(tail)`.
    Value,
    /// Its type decides.
    ByType,
    /// It is a `Result` whose error type is not known here.
    AsItIs,
}

/// Classifies a body's tail before the body is rewritten, and marks its leaves if they decide.
pub(crate) fn prepare(body: &mut Block) -> Tail {
    macros_as_expressions(body);
    let (mut decided, mut is_value) = (false, true);
    for tail in of_block(body) {
        leaves(tail, &mut |leaf| decided |= written_result(leaf).is_some());
        is_value &= is_never_result(tail) || diverges(tail);
    }
    if decided {
        of_block(body).for_each(|tail| leaves(tail, &mut mark));
        Tail::Leaves
    } else if is_value {
        Tail::Value
    } else {
        for tail in of_block(body) {
            endings(tail, false);
            *tail = marked_as(tail, parse_quote!(#[__vthread_ending]));
        }
        Tail::ByType
    }
}

/// Marks a tail that may be a `Result` at the end of a block with variables of its own: its type is
/// determined before these are dropped. A form whose type depends on its destination is left alone.
fn endings(expr: &mut Expr, has_variables: bool) {
    match expr {
        Expr::If(branch) => {
            block_endings(&mut branch.then_branch);
            if let Some((_, otherwise)) = &mut branch.else_branch {
                endings(otherwise, false);
            }
        }
        Expr::Match(choice) => choice
            .arms
            .iter_mut()
            .for_each(|arm| endings(&mut arm.body, false)),
        Expr::Block(block) if block.label.is_none() => block_endings(&mut block.block),
        Expr::Unsafe(block) => block_endings(&mut block.block),
        Expr::Paren(inner) => endings(&mut inner.expr, has_variables),
        Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_)
            if has_variables && !is_never_result(expr) && !diverges(expr) =>
        {
            *expr = marked_as(expr, parse_quote!(#[__vthread_ending]));
        }
        _ => {}
    }
}

fn block_endings(block: &mut Block) {
    macros_as_expressions(block);
    let has_variables = block.stmts.iter().any(|it| matches!(it, Stmt::Local(_)));
    if let Some(Stmt::Expr(tail, None)) = block.stmts.last_mut() {
        endings(tail, has_variables);
    }
}

/// The tail of a block, or all its candidates if `cfg` conditions choose among several.
fn of_block(block: &mut Block) -> impl Iterator<Item = &mut Expr> {
    let first = first_tail(block).min(block.stmts.len().saturating_sub(1));
    block.stmts[first..]
        .iter_mut()
        .filter_map(|statement| match statement {
            Stmt::Expr(tail, None) => Some(tail),
            _ => None,
        })
}

/// A trailing `group! { .. }` is a tail, though it parses as a statement. A trailing
/// `spawn! { .. }` is not: its task is discarded.
fn macros_as_expressions(body: &mut Block) {
    let first = first_tail(body).min(body.stmts.len().saturating_sub(1));
    for statement in &mut body.stmts[first..] {
        let Stmt::Macro(last) = statement else {
            continue;
        };
        if last.semi_token.is_some()
            || crate::forms::our_macro(&last.mac).is_some_and(crate::forms::OurMacro::gives_a_task)
        {
            continue;
        }
        let expr = syn::ExprMacro {
            attrs: last.attrs.clone(),
            mac: last.mac.clone(),
        };
        *statement = Stmt::Expr(Expr::Macro(expr), None);
    }
}

fn mark(leaf: &mut Expr) {
    if diverges(leaf) {
        return;
    }
    *leaf = marked_as(leaf, parse_quote!(#[__vthread_leaf]));
}

fn marked_as(expr: &Expr, marker: Attribute) -> Expr {
    Expr::Group(ExprGroup {
        attrs: vec![marker],
        group_token: Default::default(),
        expr: Box::new(expr.clone()),
    })
}

/// Whether the group marks a tail whose type decides.
pub(crate) fn is_ending(group: &ExprGroup) -> bool {
    group.attrs.len() == 1 && group.attrs[0].path().is_ident("__vthread_ending")
}

/// The expression inside a mark. No parsed group carries attributes, so no user can forge one.
pub(crate) fn marked(group: &ExprGroup) -> Option<&Expr> {
    (group.attrs.len() == 1 && group.attrs[0].path().is_ident("__vthread_leaf"))
        .then_some(&*group.expr)
}

fn leaves(expr: &mut Expr, each: &mut dyn FnMut(&mut Expr)) {
    match expr {
        Expr::If(branch) if branch.else_branch.is_some() => {
            block_leaves(&mut branch.then_branch, each);
            if let Some((_, otherwise)) = &mut branch.else_branch {
                leaves(otherwise, each);
            }
        }
        Expr::Match(choice) => choice
            .arms
            .iter_mut()
            .for_each(|arm| leaves(&mut arm.body, each)),
        Expr::Block(block) if block.label.is_none() => block_leaves(&mut block.block, each),
        Expr::Unsafe(block) => block_leaves(&mut block.block, each),
        Expr::Paren(inner) => leaves(&mut inner.expr, each),
        leaf => each(leaf),
    }
}

fn block_leaves(block: &mut Block, each: &mut dyn FnMut(&mut Expr)) {
    macros_as_expressions(block);
    if matches!(block.stmts.last(), Some(Stmt::Expr(_, None))) {
        return of_block(block).for_each(|tail| leaves(tail, each));
    }
    if matches!(block.stmts.last(), Some(Stmt::Expr(last, Some(_))) if diverges(last)) {
        return;
    }
    // A block without a tail ends with `()`.
    let mut unit: Expr = parse_quote!(());
    each(&mut unit);
    if !matches!(unit, Expr::Tuple(_)) {
        block.stmts.push(Stmt::Expr(unit, None));
    }
}

/// A written `Ok(..)` or `Err(..)`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Written {
    Ok,
    Err,
}

/// `Ok(value)` or `Err(error)` in the user's own words, without type arguments.
pub(crate) fn written_result(expr: &Expr) -> Option<Written> {
    let Expr::Call(ExprCall { func, args, .. }) = expr else {
        return None;
    };
    let Expr::Path(path) = &**func else {
        return None;
    };
    let ident = path.path.get_ident().filter(|_| args.len() == 1)?;
    match plain_text(ident).as_str() {
        "Ok" => Some(Written::Ok),
        "Err" => Some(Written::Err),
        _ => None,
    }
}

/// An error whose type depends on its destination: it must not pass through `From`.
pub(crate) fn error_is_inferred(error: &Expr) -> bool {
    match error {
        Expr::MethodCall(call) => call.method == "into",
        Expr::Macro(_) => true,
        _ => false,
    }
}

fn is_macro(mac: &Macro, names: &[&str]) -> bool {
    mac.path
        .segments
        .last()
        .is_some_and(|last| names.contains(&plain_text(&last.ident).as_str()))
}

/// Whether it never has a value.
pub(crate) fn diverges(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Loop(endless) => super::loop_exit::is_endless(endless),
        Expr::Paren(inner) => diverges(&inner.expr),
        Expr::Macro(mac) => macro_diverges(&mac.mac),
        _ => false,
    }
}

/// Whether code behind the macro is unreachable.
pub(crate) fn macro_diverges(mac: &Macro) -> bool {
    is_macro(
        mac,
        &["panic", "todo", "unreachable", "unimplemented", "bail"],
    )
}

const VALUE_MACROS: &[&str] = &[
    "format",
    "vec",
    "println",
    "print",
    "eprintln",
    "eprint",
    "matches",
    "assert",
    "assert_eq",
    "assert_ne",
    "format_args",
];
const VALUE_METHODS: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "len",
    "count",
    "is_empty",
    "to_string",
    "to_owned",
    "to_vec",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "iter",
    "clone_from",
];
/// Forms whose type depends on their destination, which is not known yet when the tail is
/// classified.
const INFERRED_METHODS: &[&str] = &["into", "sum", "product", "collect", "unzip"];

/// Whether the form is never a `Result`, whatever the types.
fn is_never_result(expr: &Expr) -> bool {
    match expr {
        Expr::Try(_) | Expr::Lit(_) | Expr::Binary(_) | Expr::Reference(_) | Expr::Closure(_) => {
            true
        }
        Expr::Tuple(_) | Expr::Array(_) | Expr::Range(_) | Expr::Struct(_) | Expr::Repeat(_) => {
            true
        }
        Expr::Assign(_) | Expr::While(_) | Expr::ForLoop(_) | Expr::Cast(_) | Expr::Let(_) => true,
        Expr::Unary(unary) => matches!(unary.op, UnOp::Not(_) | UnOp::Neg(_)),
        Expr::Paren(inner) => is_never_result(&inner.expr),
        Expr::If(branch) if branch.else_branch.is_none() => true,
        Expr::Macro(mac) => is_macro(&mac.mac, VALUE_MACROS),
        Expr::MethodCall(call) => {
            let name = plain_text(&call.method);
            VALUE_METHODS.contains(&name.as_str())
                || call.turbofish.is_none() && INFERRED_METHODS.contains(&name.as_str())
        }
        Expr::Call(call) => is_default(&call.func),
        _ => false,
    }
}

/// `Default::default()`: its type depends on its destination.
fn is_default(callee: &Expr) -> bool {
    let Expr::Path(path) = callee else {
        return false;
    };
    let segments = &path.path.segments;
    let plain = segments
        .iter()
        .all(|segment| matches!(segment.arguments, PathArguments::None));
    plain && segments.len() == 2 && segments[0].ident == "Default" && segments[1].ident == "default"
}

/// Whether the tokens of an expression need no type in tail position.
pub(crate) fn needs_no_type(expr: &Expr) -> bool {
    matches!(expr, Expr::Try(_) | Expr::Lit(_))
        || matches!(expr, Expr::Tuple(tuple) if tuple.elems.is_empty())
}

/// The type of a rewritten body that ends with a call as a statement, where it has to be written:
/// if the call never ends, rustc infers `!` but still sees a path to the end of the body.
pub(crate) fn unit(body: &Block, span: Span) -> TokenStream {
    let ends_with_call = matches!(
        body.stmts.last(),
        Some(Stmt::Expr(Expr::Verbatim(_), Some(_)))
    );
    // The value of a `return` may have another type.
    match ends_with_call && !mentions_return(body.to_token_stream()) {
        true => quote_spanned!(span=> : ()),
        false => TokenStream::new(),
    }
}

fn mentions_return(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == "return",
        TokenTree::Group(group) => mentions_return(group.stream()),
        _ => false,
    })
}

/// The span's tokens of the tail, or of the last statement.
pub(crate) fn last_tokens(body: &Block) -> TokenStream {
    body.stmts
        .last()
        .map(ToTokens::to_token_stream)
        .unwrap_or_default()
}

/// The first of several statements of which one is the tail:
/// `#[cfg(a)] { .. } #[cfg(not(a))] { .. }`.
pub(crate) fn first_tail(block: &Block) -> usize {
    let is_conditional = |statement: &&Stmt| {
        let has_no_end = matches!(statement, Stmt::Expr(_, None))
            || matches!(statement, Stmt::Macro(invocation) if invocation.semi_token.is_none());
        has_no_end && attributes::is_conditional(statement)
    };
    let n_tails = block.stmts.iter().rev().take_while(is_conditional).count();
    block.stmts.len() - n_tails
}
