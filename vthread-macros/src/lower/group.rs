//! The expansion of `group!`.
//!
//! The `Owner` stands in the frame and aborts the process if it is dropped while children live. The
//! body is an async block of its own, so that rustc refuses children that borrow from it.
//! `Owner::run` takes the group, which keeps `'scope` alive until the join on every exit, and then
//! a match applies the exit.

use super::control_flow::{BodyScope, Exit, Fails, JumpScope};
use super::lost_updates;
use crate::analysis::tail;
use crate::analysis::tail::Tail;
use crate::emit::call::{Extent, body_future, dead, dead_beside, decide, outer, run_group};
use crate::emit::error_inference::{formats_errors, pin_error};
use crate::emit::group_prologue::{handle_binding, slot_end, this_group};
use crate::forms::form::{GroupForm, OnFailure};
use crate::lower::Lowering;
use crate::names::{self, hygienic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprBreak, ExprContinue, Macro, Type};

/// The hygienic names of one group.
pub(crate) struct Vars {
    /// The group that `run` takes.
    pub(crate) group: Ident,
    /// The copy that lives in the body.
    pub(crate) inner: Ident,
    /// The handle, named by the user or by the expansion.
    pub(crate) handle: Ident,
    pub(crate) error: Ident,
    pub(crate) slot: Ident,
    /// The variable whose type decides whether the group has an error type, if that depends on the
    /// function.
    pub(crate) kind: Option<Ident>,
}

/// The parts of the expansion.
pub(crate) struct Parts<'a> {
    pub(crate) form: &'a GroupForm,
    pub(crate) vars: &'a Vars,
    pub(crate) frame: BodyScope,
    pub(crate) extent: Extent,
    /// Located at the user's tail of the body.
    pub(crate) tail_at: Span,
    pub(crate) options: TokenStream,
}

impl Lowering {
    pub(crate) fn group_macro(&mut self, mac: &Macro, is_used: bool) -> Option<TokenStream> {
        let at = mac.path.span();
        let span = hygienic(at);
        let mut form = GroupForm::parse(mac.tokens.clone(), at, &mut self.errors)?;
        let path = &mac.path;
        let options = self.group_options(&mut form, at);
        let no_error = matches!(form.error, Some(Type::Never(_)));
        let fails = match (&form.error, self.errors_are_known()) {
            _ if no_error => Fails::Never,
            (Some(_), _) => Fails::Always,
            // `Failures` are returned where there may be some.
            (None, Fails::AsTheFunction) if form.on_failure == OnFailure::Collect => Fails::Always,
            (None, fails) => fails,
        };
        let can_fail = fails == Fails::Always;
        let vars = Vars {
            group: self.fresh("group", span),
            inner: this_group(span),
            handle: form
                .handle
                .clone()
                .unwrap_or_else(|| self.fresh_shown("the_group", span)),
            error: self.fresh("error", span),
            slot: self.fresh_shown("end_of_the_group", span),
            kind: (fails == Fails::AsTheFunction).then(|| self.fresh("kind", span)),
        };
        let tail_at = hygienic(tail::last_tokens(&form.body).span());
        let tail = if fails != Fails::Never {
            tail::prepare(&mut form.body)
        } else {
            Tail::Value
        };
        let frame = self.group_body(&mut form, &vars, can_fail, is_used);
        let extent = Extent::new(path, mac.delimiter.span().close());
        let parts = Parts {
            form: &form,
            vars: &vars,
            frame,
            extent,
            tail_at,
            options,
        };
        let expanded = match &vars.kind {
            Some(kind) => self.with_error_asked(&parts, kind, tail),
            None if can_fail => self.with_error(&parts, tail),
            None => self.without_error(&parts),
        };
        let expanded = outer(expanded, at);
        let named = self.names_macro(path, span);
        Some(quote_spanned!(span=> ({ #named #expanded })))
    }

    fn group_options(&mut self, form: &mut GroupForm, at: Span) -> TokenStream {
        let span = hygienic(at);
        let options = names::group_options(span);
        let mut built = self.new_options(names::group_options(at), at);
        match form.on_failure {
            OnFailure::Cancel => {}
            OnFailure::Collect => built = quote_spanned!(span=> #options::collect(#built)),
            OnFailure::Keep => built = quote_spanned!(span=> #options::keep(#built)),
        }
        built = self.limit_and_name(built, &mut form.max_concurrency, &mut form.name, span);
        if let Some(grace) = &mut form.grace {
            self.visit_expr_mut(grace);
            built = quote_spanned!(span=> #options::grace(#built, #grace));
        }
        built
    }

    /// The options that a race has too.
    pub(crate) fn limit_and_name(
        &mut self,
        mut built: TokenStream,
        max_concurrency: &mut Option<Expr>,
        name: &mut Option<Expr>,
        span: Span,
    ) -> TokenStream {
        let options = names::group_options(span);
        if let Some(n) = max_concurrency {
            self.visit_expr_mut(n);
            built = quote_spanned!(span=> #options::max_concurrency(#built, #n));
        }
        if let Some(name) = name {
            self.visit_expr_mut(name);
            built = quote_spanned!(span=> #options::name(#built, #name));
        }
        built
    }

    /// Rewrites the body in place; the frame that it returns records what the body needs.
    fn group_body(
        &mut self,
        form: &mut GroupForm,
        vars: &Vars,
        can_fail: bool,
        is_used: bool,
    ) -> BodyScope {
        self.scopes.open();
        if let Some(handle) = &form.handle {
            self.bind_handle(handle);
        }
        lost_updates::mark(&mut form.body);
        let depth = self.scopes.depth();
        let (error, slot) = (vars.error.clone(), vars.slot.clone());
        self.frames.push(JumpScope::Group(BodyScope {
            can_fail,
            asked: vars.kind.clone(),
            name: form.handle.as_ref().map(names::plain_text),
            keeps: form.on_failure == OnFailure::Keep,
            is_limited: form.max_concurrency.is_some(),
            is_group: true,
            ..BodyScope::new(error, slot, vars.handle.clone(), depth)
        }));
        self.is_used = is_used && matches!(form.body.stmts.last(), Some(syn::Stmt::Expr(..)));
        let in_frame = std::mem::replace(&mut self.in_frame, true);
        self.body(&mut form.body);
        self.in_frame = in_frame;
        self.scopes.close();
        match self.frames.pop() {
            Some(JumpScope::Group(frame)) => frame,
            _ => unreachable!("the body's own frame is on top"),
        }
    }

    /// `run` of the group: awaited in place, or blocking in plain code.
    pub(crate) fn run(&self, call: TokenStream, span: Span) -> (TokenStream, TokenStream) {
        let making = self.making(false);
        let dead = dead_beside(making, span, TokenStream::new());
        (
            quote_spanned!(span=> #dead let __run = unsafe { #call };),
            run_group(making, span),
        )
    }

    fn with_error(&mut self, parts: &Parts<'_>, tail: Tail) -> TokenStream {
        let Parts {
            form,
            vars,
            frame,
            extent,
            tail_at,
            options,
        } = parts;
        let (span, tail_at) = (hygienic(extent.start), *tail_at);
        let Vars {
            group,
            inner,
            handle,
            error,
            ..
        } = vars;
        let (owner, group_type) = (names::owner(span), names::group_type(span));
        let new = names::owner(extent.start);
        let arguments = names::called_at(extent.start, quote_spanned!(span=> __options));
        let (val, out) = (names::ctl_val(tail_at), names::ctl_out(span));
        let arms = self.exit_arms(&frame.exits, span);
        let error_type = match &form.error {
            Some(ty) => quote!(#ty),
            None => quote!(_),
        };
        let pinned_at = hygienic(self.returns.at.unwrap_or(span));
        let pin_outer = match form.error.is_none() {
            true => pin_error(group, pinned_at),
            false => TokenStream::new(),
        };
        let pin_inner = pin_error(inner, pinned_at);
        let typed_at = form
            .error
            .as_ref()
            .map_or(pinned_at, |ty| hygienic(ty.span()));
        let error_is_send = names::error_is_send(typed_at);
        let pin_send = dead(
            typed_at,
            quote_spanned!(typed_at=> #error_is_send(&#group);),
        );
        let formats = formats_errors(form.error.as_ref(), span);
        let (body, unit) = (&form.body, tail::unit(&form.body, span));
        let value = match tail {
            Tail::Value | Tail::AsItIs => {
                quote_spanned!(tail_at=> #[allow(unreachable_code)] ::core::result::Result::Ok(#val(__v)))
            }
            Tail::Leaves => quote_spanned!(tail_at=> #[allow(unreachable_code)] match __v {
                ::core::result::Result::Ok(__v) => ::core::result::Result::Ok(#val(__v)),
                ::core::result::Result::Err(__e) => ::core::result::Result::Err(__e),
            }),
            Tail::ByType => {
                let split =
                    super::body_end::by_type(quote_spanned!(tail_at=> __v), error, true, tail_at);
                quote_spanned!(tail_at=> #[allow(unreachable_code)] match #split {
                    ::core::result::Result::Ok(__v) => ::core::result::Result::Ok(#val(__v)),
                    ::core::result::Result::Err(__e) => ::core::result::Result::Err(__e),
                })
            }
        };
        let handle_let = handle_binding(handle, inner, span);
        let run = match form.on_failure {
            OnFailure::Collect => quote_spanned!(span=> #owner::run_collect(&__o, #group, __b)),
            _ => quote_spanned!(span=> #owner::run(&__o, #group, __b)),
        };
        let (before, run) = self.run(run, span);
        // Located at the tail, the source of a value of the wrong type.
        let value_arm = quote_spanned!(tail_at=>
            ::core::result::Result::Ok(#val(__v)) => ::core::result::Result::Ok(__v),
        );
        let joined = decide(
            *extent,
            run,
            quote_spanned!(span=>
                #value_arm
                ::core::result::Result::Err(__e) => ::core::result::Result::Err(__e),
                ::core::result::Result::Ok(#out(__x)) => match __x { #arms },
            ),
        );
        let future_of_body = body_future(
            extent.start,
            TokenStream::new(),
            quote_spanned!(span=> let #inner = #inner;
                #handle_let
                #[allow(unused_variables)] let #error = #group_type::error_type(&#inner);
                #pin_inner
                let __v #unit = #body;
                #value),
        );
        quote_spanned!(span=> ({
            let __options = #options;
            let __o = unsafe { #new::<#error_type>::new #arguments };
            let #group = unsafe { #owner::group(&__o) };
            #pin_outer
            #pin_send
            #formats
            let #inner = unsafe { #group_type::dup(&#group) };
            let __b = #future_of_body;
            #before
            (#joined)
        }))
    }

    fn without_error(&mut self, parts: &Parts<'_>) -> TokenStream {
        let Parts {
            form,
            vars,
            frame,
            extent,
            options,
            ..
        } = parts;
        let span = hygienic(extent.start);
        let Vars {
            group,
            inner,
            handle,
            slot,
            ..
        } = vars;
        let new = names::owner(extent.start);
        let arguments = names::called_at(extent.start, quote_spanned!(span=> __options));
        let (owner, group_type, no_error) = (
            names::owner(span),
            names::group_type(span),
            names::no_error(span),
        );
        let (val, out) = (names::ctl_val(span), names::ctl_out(span));
        let (done, returned) = (names::infallible_done(span), names::infallible_return(span));
        let (slot_new, slot_done) = (names::slot_new(span), names::slot_done(span));
        let arms = self.exit_arms(&frame.exits, span);
        let annotation = self.return_annotation();
        // The body has the function's own return type, so that `return` and `?` stay as they are.
        let (pin, turbofish, on_return) = if frame.returns || !annotation.is_empty() {
            let any = names::any(span);
            let pin = match annotation.is_empty() {
                true => TokenStream::new(),
                false => dead(
                    span,
                    quote_spanned!(span=> let __r #annotation = #any(); return __r;),
                )
                .into_token_stream(),
            };
            let depth = self.frames.len();
            let value = self.claimed_after_join(depth, quote_spanned!(span=> __r), span);
            let on_return = self.lower_return(depth, value, quote_spanned!(span=> return), span);
            (pin, TokenStream::new(), on_return)
        } else {
            let absurd = names::absurd(span);
            (
                TokenStream::new(),
                quote_spanned!(span=> ::<::core::convert::Infallible>),
                quote_spanned!(span=> #absurd(__r)),
            )
        };
        let (body, unit) = (&form.body, tail::unit(&form.body, span));
        let end = slot_end(slot_done, &turbofish, slot, val, span);
        let handle_let = handle_binding(handle, inner, span);
        let (before, run) = self.run(
            quote_spanned!(span=> #owner::run_native(&__o, #group, &#slot, __b)),
            span,
        );
        let joined = decide(
            *extent,
            run,
            quote_spanned!(span=>
                #done(#val(__v)) => __v,
                #returned(__r) => #on_return,
                #done(#out(__x)) => match __x { #arms },
            ),
        );
        let future_of_body = body_future(
            extent.start,
            TokenStream::new(),
            quote_spanned!(span=> let #inner = #inner;
                #handle_let
                #pin
                let __v #unit = #body;
                #end),
        );
        quote_spanned!(span=> ({
            let __options = #options;
            let __o = unsafe { #new::<#no_error>::new #arguments };
            let #group = unsafe { #owner::group(&__o) };
            let #slot = #slot_new();
            let #inner = unsafe { #group_type::dup(&#group) };
            let __b = #future_of_body;
            #before
            (#joined)
        }))
    }

    /// The effect of each exit once the children are joined. The arms stand in the enclosing frame,
    /// where they are lowered again: so groups nest.
    pub(crate) fn exit_arms(&mut self, exits: &[Exit], span: Span) -> TokenStream {
        let (or_a, or_b, absurd) = (names::or_a(span), names::or_b(span), names::absurd(span));
        let depth = self.frames.len();
        let mut arms = TokenStream::new();
        for (n, exit) in exits.iter().enumerate() {
            let mut pattern = quote_spanned!(span=> #or_a(__v));
            for _ in 0..n {
                pattern = quote_spanned!(span=> #or_b(#pattern));
            }
            let action = self.act(exit, depth, span);
            arms.extend(quote_spanned!(span=> #pattern => #action,));
        }
        let mut last = quote_spanned!(span=> __v);
        for _ in 0..exits.len() {
            last = quote_spanned!(span=> #or_b(#last));
        }
        arms.extend(quote_spanned!(span=> #last => #absurd(__v),));
        arms
    }

    fn act(&mut self, exit: &Exit, depth: usize, span: Span) -> TokenStream {
        let value = quote_spanned!(span=> __v);
        match exit {
            Exit::Return => {
                let value = self.claimed_after_join(depth, value, span);
                self.lower_return(depth, value, quote_spanned!(span=> return), span)
            }
            Exit::Break {
                label,
                has_value,
                at,
            } => {
                let jump = ExprBreak {
                    attrs: Vec::new(),
                    break_token: syn::Token![break](*at),
                    label: label.clone(),
                    expr: None,
                };
                let jump = self.lower_break(depth, &jump, has_value.then_some(value));
                match has_value {
                    true => jump,
                    false => quote_spanned!(span=> { let () = __v; #jump }),
                }
            }
            Exit::Continue { label, at } => {
                let jump = ExprContinue {
                    attrs: Vec::new(),
                    continue_token: syn::Token![continue](*at),
                    label: label.clone(),
                };
                let jump = self.lower_continue(depth, &jump);
                quote_spanned!(span=> { let () = __v; #jump })
            }
        }
    }
}
