//! `return`, `break`, `continue` and `?` in and around groups: what each would leave, and how it
//! leaves a group's body (through `Ctl::Out`, after the children are joined) or ends a child.

use crate::analysis::tail;
use crate::emit::call::{dead, in_place};
use crate::errors;
use crate::lower::Lowering;
use crate::lower::expr::hides_return;
use crate::names::{self, hygienic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprBreak, ExprContinue, ExprReturn, Lifetime};

/// A construct where a jump may stop, or that it may leave.
pub(crate) enum JumpScope {
    /// A loop, with its label.
    Loop(Option<String>),
    /// A labelled block.
    Label(String),
    /// The body of a `group!`, a `timeout!` or a similar macro: an async block of its own.
    Group(BodyScope),
    /// A `spawn!`: another vthread.
    Child(ChildScope),
    /// A closure: a function of its own.
    Closure,
    /// A `defer!`: no jump leaves it.
    Cleanup,
}

/// The body of a group.
pub(crate) struct BodyScope {
    /// Whether the group has an error type.
    pub(crate) can_fail: bool,
    /// The variable whose type decides whether it has one, if that depends on the function's return
    /// type.
    pub(crate) asked: Option<Ident>,
    /// The variable that holds the error type, for `fails` and `finish`.
    pub(crate) error: Ident,
    /// The slot through which a body without an error type reports its end.
    pub(crate) slot: Ident,
    /// The variable that is the group's handle.
    pub(crate) handle: Ident,
    /// The handle's name, if the user gave one.
    pub(crate) name: Option<String>,
    /// Whether failures stay with their children: a handle's `join()` returns a `Result`.
    pub(crate) keeps: bool,
    /// Whether it has a limit, so that a child that spawns into it gives its place away.
    pub(crate) is_limited: bool,
    /// Whether it has children; otherwise `spawn!` skips it.
    pub(crate) is_group: bool,
    /// The depth of the scopes at the body: names bound from here on move into children.
    pub(crate) depth: usize,
    /// The ways out that the body uses.
    pub(crate) exits: Vec<Exit>,
    /// Whether the body, which has the function's return type, uses it.
    pub(crate) returns: bool,
}

impl BodyScope {
    /// The scope of a body that is no group's, and that cannot fail.
    pub(crate) fn new(error: Ident, slot: Ident, handle: Ident, depth: usize) -> Self {
        BodyScope {
            can_fail: false,
            asked: None,
            error,
            slot,
            handle,
            name: None,
            keeps: false,
            is_limited: false,
            is_group: false,
            depth,
            exits: Vec::new(),
            returns: false,
        }
    }
}

/// A child.
pub(crate) struct ChildScope {
    /// Whether its group has an error type, or may have one.
    pub(crate) can_fail: bool,
    /// The variable whose type decides whether it has one, if that depends on the function's return
    /// type.
    pub(crate) asked: Option<Ident>,
    /// Where it would fail by `?`, if that has to be probed.
    pub(crate) attempt: Option<Span>,
    /// The variable that holds the error type.
    pub(crate) error: Ident,
    /// Whether it is a child of the process, independent of the groups around it.
    pub(crate) is_background: bool,
    /// Whether its error type is left to inference: then its result stays as written.
    pub(crate) is_inferred: bool,
    /// Whether it is a runner of a `race!`.
    pub(crate) is_runner: bool,
    /// Whether its failure is the group's, so that it claims.
    pub(crate) claims: bool,
}

/// Whether a group that is opened here has an error type.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Fails {
    Never,
    Always,
    /// If the enclosing function returns a `Result`.
    AsTheFunction,
}

/// A way out of a group's body.
#[derive(Clone)]
pub(crate) enum Exit {
    Return,
    Break {
        label: Option<Lifetime>,
        has_value: bool,
        at: Span,
    },
    Continue {
        label: Option<Lifetime>,
        at: Span,
    },
}

impl Exit {
    fn key(&self) -> (u8, Option<String>, bool) {
        let text = |label: &Option<Lifetime>| label.as_ref().map(|label| label.ident.to_string());
        match self {
            Exit::Return => (0, None, true),
            Exit::Break {
                label, has_value, ..
            } => (1, text(label), *has_value),
            Exit::Continue { label, .. } => (2, text(label), false),
        }
    }
}

/// The innermost body or child that `?` and `return` belong to.
pub(crate) enum Inner<'a> {
    Group(&'a mut BodyScope),
    Child(&'a mut ChildScope),
    /// The function itself, or a closure.
    Function,
    /// A `defer!`, which no jump leaves.
    Cleanup,
}

impl Lowering {
    pub(crate) fn inner(&mut self) -> Inner<'_> {
        for frame in self.frames.iter_mut().rev() {
            match frame {
                JumpScope::Group(group) => return Inner::Group(group),
                JumpScope::Child(child) => return Inner::Child(child),
                JumpScope::Cleanup => return Inner::Cleanup,
                JumpScope::Closure => return Inner::Function,
                _ => {}
            }
        }
        Inner::Function
    }

    /// Whether this is the code of a child that cannot fail, perhaps in a `timeout!` or a similar
    /// macro.
    fn is_in_infallible_child(&self) -> bool {
        for frame in self.frames.iter().rev() {
            match frame {
                JumpScope::Group(group) if group.is_group => return false,
                JumpScope::Child(child) => return !child.can_fail,
                JumpScope::Cleanup | JumpScope::Closure => return false,
                _ => {}
            }
        }
        false
    }

    /// Whether a group that is opened here has an error type of its own.
    pub(crate) fn errors_are_known(&self) -> Fails {
        if self.is_in_infallible_child() {
            return Fails::Never;
        }
        for frame in self.frames.iter().rev() {
            match frame {
                // A `timeout!` or a similar macro fails like the code around it.
                JumpScope::Group(group) if !group.is_group => {}
                JumpScope::Group(group) if group.can_fail => return Fails::Always,
                JumpScope::Group(group) if group.asked.is_some() => return Fails::AsTheFunction,
                JumpScope::Group(_) => return Fails::Never,
                JumpScope::Child(child) if child.asked.is_some() => return Fails::AsTheFunction,
                JumpScope::Child(_) => return Fails::Always,
                JumpScope::Closure | JumpScope::Cleanup => return Fails::Never,
                _ => {}
            }
        }
        match (self.returns.is_result, &self.returns.asked) {
            (true, _) => Fails::Always,
            (false, Some(_)) => Fails::AsTheFunction,
            (false, None) => Fails::Never,
        }
    }

    /// Whether the innermost enclosing body or child is a child.
    pub(crate) fn is_in_child(&self) -> bool {
        let mut bodies = self.frames.iter().rev();
        let innermost = bodies.find(|frame| match frame {
            JumpScope::Group(group) => group.is_group,
            JumpScope::Child(_) | JumpScope::Closure | JumpScope::Cleanup => true,
            _ => false,
        });
        matches!(innermost, Some(JumpScope::Child(_)))
    }

    /// Records a `?`. True if nothing may fail here.
    pub(crate) fn marks_attempt(&mut self, at: Span) -> bool {
        let refused = self.is_in_infallible_child();
        match self.inner() {
            Inner::Group(group) => {
                group.returns = true;
                refused
            }
            Inner::Child(child) => {
                child.attempt.get_or_insert(at);
                refused
            }
            Inner::Function => false,
            Inner::Cleanup => {
                self.errors.at(at, errors::JUMP_OUT_OF_DEFER);
                false
            }
        }
    }

    /// Records a `return` that an unknown macro may hide.
    pub(crate) fn marks_hidden_return(&mut self, mac: &syn::Macro) {
        if !hides_return(mac) {
            return;
        }
        let refused = self.is_in_infallible_child();
        if let Inner::Group(group) = self.inner() {
            group.returns = true;
        }
        let at = mac.path.span();
        let is_known = matches!(crate::known::macros::name(mac).as_str(), "bail" | "ensure");
        if refused && is_known {
            self.errors.on(&mac.path, errors::CHILD_CANNOT_FAIL);
        }
        if let (Inner::Child(child), true) = (self.inner(), is_known) {
            child.attempt.get_or_insert(at);
        }
    }

    pub(crate) fn jump(&mut self, expr: &mut Expr) {
        let depth = self.frames.len();
        match expr {
            Expr::Return(jump) => {
                let value = self.return_value(jump);
                if depth > 0 {
                    let token = jump.return_token.to_token_stream();
                    *expr = Expr::Verbatim(self.lower_return(
                        depth,
                        value,
                        token,
                        jump.return_token.span,
                    ));
                }
            }
            Expr::Break(jump) => {
                let value = jump.expr.as_mut().map(|value| {
                    self.visit_expr_mut(value);
                    value.to_token_stream()
                });
                self.check_loop(jump.label.as_ref(), jump.break_token.span);
                if depth > 0 {
                    *expr = Expr::Verbatim(self.lower_break(depth, jump, value));
                }
            }
            Expr::Continue(jump) => {
                self.check_loop(jump.label.as_ref(), jump.continue_token.span);
                if depth > 0 {
                    *expr = Expr::Verbatim(self.lower_continue(depth, jump));
                }
            }
            _ => {}
        }
    }

    /// Refuses a jump without a loop: rustc's own message would name the frame's hidden label.
    fn check_loop(&mut self, label: Option<&Lifetime>, at: Span) {
        let stops = |frame: &JumpScope| {
            matches!(
                frame,
                JumpScope::Loop(_) | JumpScope::Closure | JumpScope::Child(_) | JumpScope::Cleanup
            )
        };
        if label.is_none() && !self.subject.is_unknown() && !self.frames.iter().any(stops) {
            self.errors.at(at, errors::JUMP_OUTSIDE_LOOP);
        }
    }

    /// The value of a `return`, rewritten; in a child it becomes the child's result.
    fn return_value(&mut self, jump: &mut ExprReturn) -> TokenStream {
        let child = self.child_around();
        let Some(ending) = child else {
            return match &mut jump.expr {
                Some(value) => {
                    self.is_expected = self.frames.is_empty() && self.returns.ty.is_some();
                    self.visit_expr_mut(value);
                    value.to_token_stream()
                }
                None if self.frames.is_empty() => TokenStream::new(),
                None => quote!(()),
            };
        };
        let span = hygienic(jump.return_token.span);
        let Some(value) = &mut jump.expr else {
            return quote_spanned!(span=> ::core::result::Result::Ok(()));
        };
        if tail::written_result(value).is_some() {
            return self.written(value, &ending, true);
        }
        self.visit_expr_mut(value);
        let result = ending.by_type(value.to_token_stream(), span);
        self.claimed_return(result, span)
    }

    /// Leaves the body at `frames[at]` by one of its exits.
    fn exit(&mut self, at: usize, exit: Exit, value: TokenStream, span: Span) -> TokenStream {
        let JumpScope::Group(group) = &mut self.frames[at] else {
            unreachable!("only bodies have ways out")
        };
        let known = group
            .exits
            .iter()
            .position(|known| known.key() == exit.key());
        let n = known.unwrap_or_else(|| {
            group.exits.push(exit);
            group.exits.len() - 1
        });
        let (or_a, or_b, out) = (names::or_a(span), names::or_b(span), names::ctl_out(span));
        let mut way = quote_spanned!(span=> #or_a(#value));
        for _ in 0..n {
            way = quote_spanned!(span=> #or_b(#way));
        }
        if group.can_fail {
            return quote_spanned!(span=> return ::core::result::Result::Ok(#out(#way)));
        }
        let (slot, done) = (&group.slot, names::slot_done(span));
        let dead = dead(span, in_place(span));
        quote_spanned!(span=> { #dead let __w = #out(#way); return unsafe { #done(&#slot, __w) }.await })
    }

    /// `return value` as seen from `frames[..depth]`. The value is ready.
    pub(crate) fn lower_return(
        &mut self,
        depth: usize,
        value: TokenStream,
        token: TokenStream,
        at: Span,
    ) -> TokenStream {
        let span = hygienic(at);
        let annotation = self.return_annotation();
        for n in (0..depth).rev() {
            match &mut self.frames[n] {
                JumpScope::Closure | JumpScope::Child(_) => break,
                JumpScope::Cleanup => {
                    self.errors.at(at, errors::JUMP_OUT_OF_DEFER);
                    break;
                }
                JumpScope::Group(group) if group.can_fail || group.asked.is_some() => {
                    let value = quote_spanned!(span=> { let __r #annotation = #value; __r });
                    return self.exit(n, Exit::Return, value, span);
                }
                JumpScope::Group(group) => {
                    group.returns = true;
                    break;
                }
                _ => {}
            }
        }
        quote!(#token #value)
    }

    /// `: R` of the function, where its `return`s go to the function.
    pub(crate) fn return_annotation(&self) -> TokenStream {
        let elsewhere = self.frames.iter().any(|frame| {
            matches!(
                frame,
                JumpScope::Child(_) | JumpScope::Closure | JumpScope::Cleanup
            )
        });
        match &self.returns.ty {
            Some(ty) if !elsewhere => quote!(: #ty),
            _ => TokenStream::new(),
        }
    }

    pub(crate) fn lower_break(
        &mut self,
        depth: usize,
        jump: &ExprBreak,
        value: Option<TokenStream>,
    ) -> TokenStream {
        let at = jump.break_token.span;
        let (token, label) = (&jump.break_token, &jump.label);
        match self.target(depth, label.as_ref(), at) {
            Some(n) => {
                let exit = Exit::Break {
                    label: label.clone(),
                    has_value: value.is_some(),
                    at,
                };
                self.exit(n, exit, value.unwrap_or_else(|| quote!(())), hygienic(at))
            }
            None => quote!(#token #label #value),
        }
    }

    pub(crate) fn lower_continue(&mut self, depth: usize, jump: &ExprContinue) -> TokenStream {
        let at = jump.continue_token.span;
        let (token, label) = (&jump.continue_token, &jump.label);
        match self.target(depth, label.as_ref(), at) {
            Some(n) => self.exit(
                n,
                Exit::Continue {
                    label: label.clone(),
                    at,
                },
                quote!(()),
                hygienic(at),
            ),
            None => quote!(#token #label),
        }
    }

    /// The group's body that a jump leaves first, or `None` if it stays inside.
    fn target(&mut self, depth: usize, label: Option<&Lifetime>, at: Span) -> Option<usize> {
        let label = label.map(|label| label.ident.to_string());
        for n in (0..depth).rev() {
            match &self.frames[n] {
                JumpScope::Loop(own) if label.is_none() || *own == label => return None,
                JumpScope::Label(own) if Some(own) == label.as_ref() => return None,
                JumpScope::Closure => return None,
                JumpScope::Cleanup => {
                    self.errors.at(at, errors::JUMP_OUT_OF_DEFER);
                    return None;
                }
                JumpScope::Child(child) => {
                    let message = match child.is_runner {
                        true => errors::JUMP_OUT_OF_RUNNER,
                        false => errors::JUMP_OUT_OF_CHILD,
                    };
                    self.errors.at(at, message);
                    return None;
                }
                JumpScope::Group(_) => return Some(n),
                _ => {}
            }
        }
        None
    }
}
