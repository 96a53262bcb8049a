//! Macros whose arguments are part of the body: std's, and some common ones.
//!
//! An argument that may suspend is evaluated first, in the frame, and the macro gets a variable.
//! That is correct only for the macro of std: a user's own may have another meaning, or print its
//! tokens. So name resolution checks that it is std's where an argument is evaluated first
//! (`lower/macro_origin.rs`). Arguments that must be evaluated lazily, or cannot be moved out, are
//! rewritten as in a closure: calls in them block. Any other macro is left alone.

use super::Lowering;
use super::function_call::ValueOfCall;
use crate::analysis::tail::macro_diverges;
use crate::editor;
use crate::emit::attributes::{self, is_condition};
use crate::emit::call::{Extent, shown_value};
use crate::forms::our_macro;
use crate::known;
use crate::known::macros::{Treatment, arguments, polls_together, treatment, writes};
use crate::lower::control_flow::JumpScope;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, Macro, Pat, Token, UnOp};

/// The expressions that are evaluated before the macro, with their variables.
#[derive(Default)]
struct Before {
    values: Vec<TokenStream>,
    variables: Vec<Ident>,
}

/// How an argument is evaluated before its macro.
enum Evaluated {
    ByReference,
    ByValue,
    /// By value, and its temporaries end with it, as those of an `if` do.
    AsCondition,
}

impl Lowering {
    /// Rewrites a macro's arguments in place; if one must be evaluated first, returns an expression
    /// for the whole. `is_value`: it is no statement, at whose end temporaries end in any case.
    pub(crate) fn known_macro(&mut self, mac: &mut Macro, is_value: bool) -> Option<Expr> {
        self.marks_hidden_return(mac);
        if polls_together(mac) {
            self.warn_in_polled_arguments(mac);
        }
        let treatment = treatment(mac)?;
        if !self.in_frame && treatment != Treatment::Matches {
            self.arguments_block(mac, 0);
            let writes = writes(mac) && !self.in_foreign_macro;
            return writes.then(|| self.made_of_write(mac, mac.to_token_stream()));
        }
        if self.stays(mac, treatment) {
            return None;
        }
        match treatment {
            Treatment::Formats { first: 2 } => Some(self.writes(mac)),
            Treatment::Formats { first } => {
                let made = self.formats(mac, first)?;
                match is_value && !macro_diverges(mac) {
                    true => Some(ended(&made, mac)),
                    false => Some(made),
                }
            }
            Treatment::Tests { n, only_in_debug } => self.tests(mac, n, only_in_debug),
            Treatment::Moves => self.moves(mac),
            Treatment::Shows => self.shows(mac),
            Treatment::Matches => self.matches_macro(mac),
            Treatment::Ensures => self.ensures(mac),
            Treatment::Blocks => {
                self.arguments_block(mac, 0);
                None
            }
        }
    }

    /// Rewrites the arguments from `first` on as in a closure.
    pub(crate) fn arguments_block(&mut self, mac: &mut Macro, first: usize) {
        let Some(mut arguments) = arguments(mac) else {
            return;
        };
        for argument in arguments.iter_mut().skip(first) {
            self.blocks(value_of(argument));
        }
        mac.tokens = arguments.to_token_stream();
    }

    /// Rewrites an expression as in a closure, without anything that a macro could misuse.
    pub(super) fn blocks(&mut self, expr: &mut Expr) {
        if has_attempt(expr) {
            self.marks_attempt(expr.span());
        }
        let in_frame = std::mem::replace(&mut self.in_frame, false);
        let in_foreign_macro = std::mem::replace(&mut self.in_foreign_macro, true);
        self.framed(Some(JumpScope::Closure), |body| body.visit_expr_mut(expr));
        self.in_foreign_macro = in_foreign_macro;
        self.in_frame = in_frame;
    }

    /// Evaluates `expr` first.
    fn evaluate(&mut self, expr: &mut Expr, how: Evaluated, before: &mut Before) {
        let attrs = attributes::take(expr);
        let span = hygienic(expr.span());
        self.visit_expr_mut(expr);
        let variable = self.fresh("argument", span);
        let stands_for_it = variable.to_token_stream();
        let (value, stands_for_it) = match how {
            Evaluated::ByReference => (
                quote_spanned!(span=> &(#expr)),
                quote_spanned!(span=> *#variable),
            ),
            Evaluated::ByValue => (expr.to_token_stream(), stands_for_it),
            Evaluated::AsCondition => (
                quote_spanned!(span=> { let __c = #expr; __c }),
                stands_for_it,
            ),
        };
        before.values.push(attributes::element(&attrs, value));
        *expr = Expr::Verbatim(stands_for_it);
        attributes::give(expr, attrs.into_iter().filter(is_condition).collect());
        before.variables.push(variable);
    }

    fn formats(&mut self, mac: &mut Macro, first: usize) -> Option<Expr> {
        let mut arguments = arguments(mac)?;
        let mut before = Before::default();
        for (place, argument) in arguments.iter_mut().enumerate() {
            let value = value_of(argument);
            if place >= first && !is_plain(value) {
                self.evaluate(value, Evaluated::ByReference, &mut before);
            } else {
                self.blocks(value);
            }
        }
        mac.tokens = arguments.to_token_stream();
        self.then(before, mac)
    }

    /// `write!(to, ..)`: suspends if `to` is a stream of the library.
    fn writes(&mut self, mac: &mut Macro) -> Expr {
        let sink = self.sink_by_value(mac);
        let made = match self.formats(mac, 2) {
            Some(Expr::Verbatim(with_values)) => self.made_of_write(mac, with_values),
            _ => self.made_of_write(mac, mac.to_token_stream()),
        };
        let Some((variable, value)) = sink else {
            return made;
        };
        let span = hygienic(value.span());
        Expr::Verbatim(quote_spanned!(span=>
            (match #value { #[allow(unused_mut)] mut #variable => #made })
        ))
    }

    /// The sink of `write!(stdout(), ..)`, a value that must live until the call has been made,
    /// with the variable that stands for it from then on.
    fn sink_by_value(&mut self, mac: &mut Macro) -> Option<(Ident, Expr)> {
        let mut arguments = arguments(mac)?;
        let sink = arguments.first_mut()?;
        if !matches!(sink, Expr::Call(_) | Expr::MethodCall(_) | Expr::Try(_)) {
            return None;
        }
        let variable = self.fresh("sink", hygienic(sink.span()));
        let stands_for_it = Expr::Verbatim(variable.to_token_stream());
        let mut value = std::mem::replace(sink, stands_for_it);
        self.visit_expr_mut(&mut value);
        mac.tokens = arguments.to_token_stream();
        Some((variable, value))
    }

    /// The value of `write!`, made if it is a call. The text is formatted by then: its arguments,
    /// which need not be `Send`, are dropped before the call is made.
    fn made_of_write(&mut self, mac: &Macro, write: TokenStream) -> Expr {
        let at = mac.path.span();
        if editor::asks() {
            return shown_value(&write, at);
        }
        let span = hygienic(at);
        let value = ValueOfCall {
            value: quote_spanned!(span=> { let __w = #write; __w }),
            extent: Extent::of_macro(mac),
            arguments: mac.delimiter.span().join(),
            at,
        };
        self.decided_by_value(value, self.making(false), None)
    }

    fn tests(&mut self, mac: &mut Macro, n: usize, only_in_debug: bool) -> Option<Expr> {
        let mut arguments = arguments(mac)?;
        let span = hygienic(mac.path.span());
        let condition = arguments
            .first()
            .map(|first| first.to_token_stream().to_string());
        let mut before = Before::default();
        for (place, argument) in arguments.iter_mut().enumerate() {
            let value = value_of(argument);
            if place >= n || is_plain(value) {
                self.blocks(value);
            } else {
                let how = match n {
                    1 => Evaluated::AsCondition,
                    _ => Evaluated::ByReference,
                };
                self.evaluate(value, how, &mut before);
            }
        }
        let is_alone = n == 1 && arguments.len() == 1;
        if let Some(condition) = condition.filter(|_| is_alone && !before.variables.is_empty()) {
            says(
                &format!("assertion failed: {condition}"),
                &mut arguments,
                span,
            );
        }
        mac.tokens = arguments.to_token_stream();
        let tested = self.then(before, mac)?;
        Some(match only_in_debug {
            true => Expr::Verbatim(
                quote_spanned!(span=> { if ::core::cfg!(debug_assertions) { #tested } }),
            ),
            false => tested,
        })
    }

    /// `vec![a, b]` and `vec![value; n]`
    fn moves(&mut self, mac: &mut Macro) -> Option<Expr> {
        let parsed = mac.parse_body_with(|input: ParseStream<'_>| {
            Ok((
                input.parse::<Expr>()?,
                input.parse::<Token![;]>()?,
                input.parse::<Expr>()?,
            ))
        });
        let mut before = Before::default();
        if let Ok((mut value, semi, mut n)) = parsed {
            if is_plain(&value) && is_plain(&n) {
                self.blocks(&mut value);
                mac.tokens = quote!(#value #semi #n);
                return None;
            }
            self.evaluate(&mut value, Evaluated::ByValue, &mut before);
            self.evaluate(&mut n, Evaluated::ByValue, &mut before);
            mac.tokens = quote!(#value #semi #n);
            return self.then(before, mac);
        }
        let mut arguments = arguments(mac)?;
        let all_are_plain = arguments.iter().all(is_plain);
        for argument in &mut arguments {
            // Places are read in order with the others.
            if is_plain(argument) && (all_are_plain || !matches!(argument, Expr::Path(_))) {
                self.blocks(argument);
            } else {
                self.evaluate(argument, Evaluated::ByValue, &mut before);
            }
        }
        mac.tokens = arguments.to_token_stream();
        self.then(before, mac)
    }

    /// `ensure!(condition)`, which prints the condition, or `ensure!(condition, error)`.
    fn ensures(&mut self, mac: &mut Macro) -> Option<Expr> {
        let mut arguments = arguments(mac)?;
        let span = hygienic(mac.path.span());
        let is_alone = arguments.len() == 1;
        let condition = arguments.first_mut()?;
        let text = condition.to_token_stream().to_string();
        let mut before = Before::default();
        match is_plain(condition) {
            true => self.blocks(condition),
            false => self.evaluate(condition, Evaluated::AsCondition, &mut before),
        }
        for argument in arguments.iter_mut().skip(1) {
            self.blocks(value_of(argument));
        }
        if is_alone && !before.variables.is_empty() {
            says(&format!("Condition failed: `{text}`"), &mut arguments, span);
        }
        mac.tokens = arguments.to_token_stream();
        before.then(mac, TokenStream::new())
    }

    /// The macro, which must be std's if anything was evaluated before it.
    fn then(&mut self, before: Before, mac: &Macro) -> Option<Expr> {
        if before.variables.is_empty() {
            return None;
        }
        let check = self.checks_std_macro(&mac.path, hygienic(mac.path.span()));
        before.then(mac, check)
    }

    /// `dbg!(a, b)`, by a macro of ours that receives the user's tokens as text.
    fn shows(&mut self, mac: &mut Macro) -> Option<Expr> {
        let mut arguments = arguments(mac)?;
        let span = hygienic(mac.path.span());
        let show = names::dbg_as(span);
        // With the user's span these are the location of `dbg!`, and not of the attribute.
        let place = quote_spanned!(mac.path.span()=> ::core::line!(), ::core::column!());
        if arguments.iter().all(is_plain) {
            arguments
                .iter_mut()
                .for_each(|argument| self.blocks(argument));
            mac.tokens = arguments.to_token_stream();
            return None;
        }
        let mut check = self.checks_std_macro(&mac.path, span);
        let mut shown = Vec::new();
        for argument in &mut arguments {
            let text = argument.to_token_stream().to_string();
            let check = std::mem::take(&mut check);
            self.visit_expr_mut(argument);
            shown.push(quote_spanned!(span=> #show!(#text, #place, { #check }, #argument)));
        }
        match &shown[..] {
            [] => None,
            [one] => Some(Expr::Verbatim(one.clone())),
            several => Some(Expr::Verbatim(quote_spanned!(span=> (#(#several),*)))),
        }
    }

    /// `matches!(expr, pattern if guard)`, expanded like std's macro.
    fn matches_macro(&mut self, mac: &mut Macro) -> Option<Expr> {
        let parsed = mac.parse_body_with(|input: ParseStream<'_>| {
            let expr: Expr = input.parse()?;
            input.parse::<Token![,]>()?;
            let pattern = Pat::parse_multi_with_leading_vert(input)?;
            let guard = match input.parse::<Option<Token![if]>>()? {
                Some(token) => Some((token, input.parse::<Expr>()?)),
                None => None,
            };
            input.parse::<Option<Token![,]>>()?;
            Ok((expr, pattern, guard))
        });
        let (mut expr, pattern, guard) = parsed.ok()?;
        let guard_is_plain = guard.as_ref().is_none_or(|(_, guard)| is_plain(guard));
        if is_plain(&expr) && guard_is_plain {
            return None;
        }
        let span = hygienic(mac.path.span());
        self.visit_expr_mut(&mut expr);
        let guard = guard.map(|(token, mut guard)| {
            self.scoped(|body| {
                body.scopes.bind_pattern(&pattern);
                body.visit_expr_mut(&mut guard);
            });
            quote!(#token #guard)
        });
        let check = self.checks_std_macro(&mac.path, span);
        Some(Expr::Verbatim(quote_spanned!(span=>
            (match #expr { #pattern #guard => { #check true } #[allow(unreachable_patterns)] _ => false })
        )))
    }
}

/// The value of a macro that formats, and that ends the temporaries of its arguments by itself: in
/// `(format!("{}", a.lock()), a.lock())` the lock is free again.
fn ended(made: &Expr, mac: &Macro) -> Expr {
    let span = hygienic(mac.path.span());
    Expr::Verbatim(quote_spanned!(span=> ({ let __m = #made; __m })))
}

impl Before {
    /// The macro with its variables bound: `match (values) { (variables) => mac!(..) }`.
    fn then(self, mac: &Macro, check: TokenStream) -> Option<Expr> {
        if self.variables.is_empty() {
            return None;
        }
        let span: Span = hygienic(mac.path.span());
        let Before { values, variables } = self;
        let made = match check.is_empty() {
            true => quote_spanned!(span=> #mac),
            false => quote_spanned!(span=> { #check #mac }),
        };
        Some(Expr::Verbatim(quote_spanned!(span=>
            (match (#(#values,)*) { (#(#variables,)*) => #made })
        )))
    }
}

/// Adds the message of a test that was evaluated first: the user's tokens. As a literal if
/// possible: then the panic's payload is a `&'static str`, like std's. rustc folds `{0}` into one,
/// but not `{}` in a panic.
fn says(message: &str, arguments: &mut Punctuated<Expr, Token![,]>, span: Span) {
    if !message.contains(['{', '}']) {
        let mut literal = proc_macro2::Literal::string(message);
        literal.set_span(span);
        return arguments.push(Expr::Verbatim(literal.to_token_stream()));
    }
    arguments.push(Expr::Verbatim(quote_spanned!(span=> "{0}")));
    arguments.push(Expr::Verbatim(quote_spanned!(span=> #message)));
}

/// The value of an argument: of `name = value`, the value.
pub(super) fn value_of(argument: &mut Expr) -> &mut Expr {
    match argument {
        Expr::Assign(named) => &mut named.right,
        value => value,
    }
}

/// A literal, a place, a closure, or an expression of these: it contains no call that may suspend.
pub(super) fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) | Expr::Closure(_) => true,
        Expr::Paren(inner) => is_plain(&inner.expr),
        Expr::Group(inner) => is_plain(&inner.expr),
        Expr::Reference(inner) => is_plain(&inner.expr),
        Expr::Cast(inner) => is_plain(&inner.expr),
        Expr::Field(field) => is_plain(&field.base),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Expr::Array(array) => array.elems.iter().all(is_plain),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && is_plain(&unary.expr),
        Expr::Call(call) => makes(&call.func) && call.args.iter().all(is_plain),
        Expr::Macro(inner) => treatment(&inner.mac).is_none() && our_macro(&inner.mac).is_none(),
        _ => false,
    }
}

/// `Some`, `Box::new`: constructors.
fn makes(callee: &Expr) -> bool {
    let Expr::Path(callee) = callee else {
        return false;
    };
    let segments = &callee.path.segments;
    let last = segments.last().map(|last| plain_text(&last.ident));
    let before = segments
        .iter()
        .rev()
        .nth(1)
        .map(|before| plain_text(&before.ident));
    last.is_some_and(|last| {
        known::is_upper(&last)
            || (last == "new"
                && before.is_some_and(|ty| matches!(ty.as_str(), "Box" | "Rc" | "Arc" | "Cell")))
    })
}

/// Whether it contains a `?`.
fn has_attempt(expr: &Expr) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|tree| match tree {
            proc_macro2::TokenTree::Punct(punct) => punct.as_char() == '?',
            proc_macro2::TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(expr.to_token_stream())
}
