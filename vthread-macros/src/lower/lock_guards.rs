//! Guards of std's locks, and of the spans of `tracing`, that live across a suspension point: the
//! variables that may be such guards, as far as syntax shows, and the dead code beside a suspension
//! point that warns if one is.
//!
//! A candidate is a `let` whose value unwraps a `lock()`, `read()` or `write()`: only std's return
//! a `Result` there. Or it is an `enter()` or `entered()`. The type of that is recorded; beside
//! each later call in its scope the runtime's `held_guard` asks whether it contains a guard and
//! whether that call suspends. (The type of the variable itself may not be known there yet.) A body
//! without candidates costs nothing.
//!
//! A guard that is passed on, to `drop` for example, is no longer a candidate.

use super::Lowering;
use crate::analysis::tail;
use crate::emit::call::dead;
use crate::emit::parens::as_argument;
use crate::lower::control_flow::JumpScope;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Block, Expr, ExprMethodCall, Local, Macro, Pat, Stmt, parse_quote_spanned};

/// Methods that return a guard.
const LOCKS: &[&str] = &["lock", "read", "write", "try_lock", "try_read", "try_write"];

/// Methods that return the guard of a span.
const ENTERS: &[&str] = &["enter", "entered"];

/// Methods that take it out of a `Result`.
const UNWRAPS: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_or_else",
    "unwrap_unchecked",
    "ok",
    "ok_or",
    "ok_or_else",
    "map_err",
];

/// A variable that may be a guard.
pub(crate) struct Candidate {
    variable: String,
    /// The generated variable that records the type of the `Result`.
    ty: Ident,
    /// The number of frames around it.
    depth: usize,
    /// Whether it has been passed on.
    is_gone: bool,
}

impl Lowering {
    /// Examines a `let` before it is rewritten.
    pub(crate) fn may_hold(&mut self, local: &Local) -> Option<Candidate> {
        let init = local.init.as_ref()?;
        self.hands_on(&init.expr);
        if !local.attrs.is_empty() || !self.warns() {
            return None;
        }
        let (variable, is_result) = bound(&local.pat)?;
        if !gives_guard(&init.expr, is_result) {
            return None;
        }
        let ty = self.fresh("held", hygienic(variable.span()));
        Some(Candidate {
            variable: plain_text(variable),
            ty,
            depth: self.frames.len(),
            is_gone: false,
        })
    }

    /// Adds the candidate after the `let` is rewritten. Returns the statement before it.
    pub(crate) fn holds(&mut self, candidate: Candidate, local: &mut Local) -> Option<Stmt> {
        let ty = &candidate.ty;
        let span = ty.span();
        let locked = locked(&mut local.init.as_mut()?.expr);
        let value = as_argument(locked);
        *locked = Expr::Verbatim(quote_spanned!(span=> #ty.pass(#value)));
        let new_ty = names::ty(span);
        let statement = parse_quote_spanned!(span=> let #ty = #new_ty(););
        self.held.push(candidate);
        Some(statement)
    }

    /// Dead code beside an expression that suspends if `choice` says so: a reference to a probe's
    /// choice.
    pub(crate) fn held_across(&self, choice: TokenStream, at: Span) -> TokenStream {
        let held: Vec<&Candidate> = self.held.iter().filter(|held| self.lives(held)).collect();
        if held.is_empty() || !self.in_frame {
            return TokenStream::new();
        }
        let span = hygienic(at);
        let (table, blocks) = (names::blocking(span), Ident::new("blocks", at));
        let types = held.iter().map(|held| &held.ty);
        dead(
            span,
            quote_spanned!(span=>
                #(#types.across::<_, #table::held_guard>(#choice)[()].#blocks();)*
            ),
        )
        .into_token_stream()
    }

    /// The same beside an expression that is known to suspend.
    pub(crate) fn held_across_suspension(&self, at: Span) -> TokenStream {
        let suspension = names::suspension(hygienic(at));
        self.held_across(quote!(&#suspension), at)
    }

    /// The same before a `group!` or `race!`, which waits for its children, unless it ends the
    /// guard.
    pub(crate) fn held_across_macro(&mut self, mac: &Macro, at: Span) -> TokenStream {
        for held in &mut self.held {
            held.is_gone |= is_argument(mac.tokens.clone(), &held.variable);
        }
        self.held_across_suspension(at)
    }

    /// Whether it lives here, in the same frame; the body of a `timeout!` or a similar macro is
    /// part of it.
    fn lives(&self, held: &Candidate) -> bool {
        let is_left = |frame: &JumpScope| match frame {
            JumpScope::Loop(_) | JumpScope::Label(_) => false,
            JumpScope::Group(group) => group.is_group,
            JumpScope::Child(_) | JumpScope::Closure | JumpScope::Cleanup => true,
        };
        !held.is_gone && !self.frames[held.depth..].iter().any(is_left)
    }

    /// The candidates of a block end with it. Outer ones that it passes on count again behind it if
    /// it diverges.
    pub(crate) fn end_of_block(&mut self, block: &Block, before: &[bool]) {
        self.held.truncate(before.len());
        let leaves = match block.stmts.last() {
            Some(Stmt::Expr(last, _)) => tail::diverges(last),
            Some(Stmt::Macro(last)) => tail::macro_diverges(&last.mac),
            _ => false,
        };
        if leaves {
            for (held, is_gone) in self.held.iter_mut().zip(before) {
                held.is_gone = *is_gone;
            }
        }
    }

    /// The candidates that had been passed on at the beginning of a block.
    pub(crate) fn begin_of_block(&self) -> Vec<bool> {
        self.held.iter().map(|held| held.is_gone).collect()
    }

    /// A variable that is used here as a value is passed on.
    pub(crate) fn hands_on(&mut self, value: &Expr) {
        if let Expr::Path(path) = unparenthesized(value) {
            let name = path.path.get_ident().map(plain_text);
            self.is_gone(|variable| name.as_deref() == Some(variable));
        }
    }

    /// The same for the values that are parts of an expression.
    pub(crate) fn hands_on_parts(&mut self, expr: &Expr) {
        match expr {
            Expr::Call(call) => call.args.iter().for_each(|value| self.hands_on(value)),
            Expr::MethodCall(call) => call.args.iter().for_each(|value| self.hands_on(value)),
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|value| self.hands_on(value)),
            Expr::Array(array) => array.elems.iter().for_each(|value| self.hands_on(value)),
            Expr::Struct(made) => {
                let fields = made.fields.iter();
                fields.for_each(|field| self.hands_on(&field.expr));
            }
            Expr::Assign(assign) => self.hands_on(&assign.right),
            Expr::Match(choice) => self.hands_on(&choice.expr),
            Expr::Return(jump) => jump.expr.iter().for_each(|value| self.hands_on(value)),
            Expr::Break(jump) => jump.expr.iter().for_each(|value| self.hands_on(value)),
            Expr::Let(condition) => self.hands_on(&condition.expr),
            Expr::Closure(closure) if closure.capture.is_some() => {
                let body = closure.body.to_token_stream();
                self.is_gone(|variable| mentions(body.clone(), variable));
            }
            Expr::Async(block) if block.capture.is_some() => {
                let body = block.block.to_token_stream();
                self.is_gone(|variable| mentions(body.clone(), variable));
            }
            _ => {}
        }
    }

    /// An unknown macro may use the names in it in any way.
    pub(crate) fn hands_on_to_macro(&mut self, mac: &Macro) {
        if self.held.is_empty() {
            return;
        }
        let is_known = crate::known::macros::arguments(mac).is_some()
            || crate::forms::our_macro(mac).is_some();
        if !is_known {
            self.is_gone(|variable| mentions(mac.tokens.clone(), variable));
        }
    }

    fn is_gone(&mut self, is_meant: impl Fn(&str) -> bool) {
        for held in &mut self.held {
            held.is_gone |= is_meant(&held.variable);
        }
    }
}

/// The variable of a pattern, and whether it is wrapped in `Ok`.
fn bound(pattern: &Pat) -> Option<(&Ident, bool)> {
    match pattern {
        Pat::Ident(ident) if ident.subpat.is_none() => Some((&ident.ident, false)),
        Pat::Type(typed) => bound(&typed.pat),
        Pat::TupleStruct(taken) if taken.path.is_ident("Ok") && taken.elems.len() == 1 => {
            let (variable, is_result) = bound(&taken.elems[0])?;
            (!is_result).then_some((variable, true))
        }
        _ => None,
    }
}

/// Whether it ends with `lock()` or a similar call, unwrapped here or by its pattern, or enters a
/// span.
fn gives_guard(value: &Expr, is_unwrapped: bool) -> bool {
    match unparenthesized(value) {
        Expr::Try(attempt) => gives_guard(&attempt.expr, true),
        Expr::MethodCall(call) => {
            if unwraps(call) {
                return gives_guard(&call.receiver, true);
            }
            let name = plain_text(&call.method);
            let methods = if is_unwrapped { LOCKS } else { ENTERS };
            call.args.is_empty() && methods.contains(&name.as_str())
        }
        _ => false,
    }
}

fn unwraps(call: &ExprMethodCall) -> bool {
    UNWRAPS.contains(&plain_text(&call.method).as_str())
}

/// The `lock()` in it, which may have been rewritten.
fn locked(value: &mut Expr) -> &mut Expr {
    if matches!(value, Expr::MethodCall(call) if !unwraps(call)) {
        return value;
    }
    match value {
        Expr::Paren(inner) => locked(&mut inner.expr),
        Expr::Group(inner) => locked(&mut inner.expr),
        Expr::Try(attempt) => locked(&mut attempt.expr),
        Expr::MethodCall(call) => locked(&mut call.receiver),
        other => other,
    }
}

fn unparenthesized(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => unparenthesized(&inner.expr),
        Expr::Group(inner) => unparenthesized(&inner.expr),
        other => other,
    }
}

fn mentions(tokens: TokenStream, variable: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => plain_text(&ident) == variable,
        TokenTree::Group(group) => mentions(group.stream(), variable),
        _ => false,
    })
}

/// Whether the variable stands alone in parentheses, as in `drop(guard)`.
fn is_argument(tokens: TokenStream, variable: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => {
            let is_alone = group.delimiter() == Delimiter::Parenthesis
                && group.stream().to_string() == variable;
            is_alone || is_argument(group.stream(), variable)
        }
        _ => false,
    })
}
