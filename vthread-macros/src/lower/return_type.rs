//! Groups whose error type depends on a type: the return type of the enclosing function, if its
//! name does not show whether it is a `Result`.
//!
//! The expansion is written once for both cases, in terms of a zero-sized variable whose type the
//! compiler finds (`macro_support/return_type.rs`). The body ends through a slot, as in groups
//! without an error type; a `return` in it goes through the slot too, so that only `?` gives the
//! body's block its value.

use crate::analysis::tail;
use crate::analysis::tail::Tail;
use crate::emit::call::{answer, body_future, dead, decide};
use crate::emit::error_inference::formats_errors;
use crate::emit::group_prologue::{handle_binding, slot_end};
use crate::lower::Lowering;
use crate::lower::body_end::body_by_type;
use crate::lower::group::{Parts, Vars};
use crate::names::{self, hygienic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

impl Lowering {
    /// Probes the function's return type; in a child, marks where it would fail.
    pub(crate) fn asks(&self, kind: &Ident, attempt: Option<Span>, span: Span) -> TokenStream {
        let Some(ty) = &self.returns.asked else {
            return TokenStream::new();
        };
        let return_type = names::return_type(span);
        let may_fail = attempt.map(|at| {
            let span = hygienic(at);
            let may_fail = names::child_may_fail(span);
            let mut kind = kind.clone();
            kind.set_span(span);
            dead(span, quote_spanned!(span=> #may_fail(#kind);))
        });
        let asked = answer(quote_spanned!(span=> #return_type::<#ty>()), span);
        quote_spanned!(span=>
            #[allow(unused_variables, unreachable_code)] let #kind = #asked;
            #may_fail
        )
    }

    /// Dead code that gives the block of a body the type that `?` produces in it.
    pub(crate) fn pin_left(&self, kind: &Ident, span: Span) -> TokenStream {
        let unknown = names::error_unknown(span);
        let left = match &self.returns.ty {
            Some(ty) => quote_spanned!(span=> #kind.left(#unknown::<#ty>())),
            None => quote_spanned!(span=> #kind.left_inferred()),
        };
        dead(span, quote_spanned!(span=> return #left;)).into_token_stream()
    }

    pub(crate) fn with_error_asked(
        &mut self,
        parts: &Parts<'_>,
        kind: &Ident,
        tail: Tail,
    ) -> TokenStream {
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
            slot,
            ..
        } = vars;
        let (owner, group_type) = (names::owner(span), names::group_type(span));
        let new = names::owner(extent.start);
        let arguments = names::called_at(extent.start, quote_spanned!(span=> __options));
        let pinned_at = hygienic(self.returns.at.unwrap_or(span));
        let (fails_as, error_is_send) =
            (names::group_fails_as(span), names::error_is_send(pinned_at));
        let pin_send = dead(
            pinned_at,
            quote_spanned!(pinned_at=> #error_is_send(&#group);),
        );
        let formats = formats_errors(None, span);
        let asks = self.asks(kind, None, span);
        // In a child `?` ends the child: the bodies of its groups end only with a failure.
        let is_in_child = self.is_in_child();
        let leaves = self.fresh("leaves", span);
        let in_child = match is_in_child {
            true => quote_spanned!(span=> let #leaves = #kind.in_child();),
            false => quote_spanned!(span=> let #leaves = #kind;),
        };
        let pin = match is_in_child {
            true => dead(span, quote_spanned!(span=> return #leaves.left_inferred();))
                .into_token_stream(),
            false => self.pin_left(&leaves, span),
        };
        let (val, out) = (names::ctl_val(tail_at), names::ctl_out(span));
        let (done, returned) = (names::infallible_done(span), names::infallible_return(span));
        let (slot_new, slot_done) = (names::slot_new(span), names::slot_done(span));
        let (body, unit) = (&form.body, tail::unit(&form.body, span));
        let opened = match tail {
            Tail::Value | Tail::AsItIs => TokenStream::new(),
            Tail::Leaves | Tail::ByType => {
                let value = quote_spanned!(tail_at=> __v);
                let value = match tail {
                    Tail::ByType => body_by_type(value, kind, tail_at),
                    _ => value,
                };
                quote_spanned!(tail_at=>
                    #[allow(unreachable_code)]
                    let __v = match #kind.opened(#value) {
                        ::core::ops::ControlFlow::Continue(__v) => __v,
                        ::core::ops::ControlFlow::Break(__r) => return __r,
                    };
                )
            }
        };
        let end = slot_end(slot_done, &TokenStream::new(), slot, val, span);
        let handle_let = handle_binding(handle, inner, span);
        let (before, run) = self.run(
            quote_spanned!(span=> #owner::run_asked(&__o, #group, &#slot, #leaves, __b)),
            span,
        );
        let depth = self.frames.len();
        let on_return = self.lower_return(
            depth,
            quote_spanned!(span=> #leaves.returned(__r)),
            quote_spanned!(span=> return),
            span,
        );
        let arms = self.exit_arms(&frame.exits, span);
        let ok = quote_spanned!(span=> ::core::result::Result::Ok);
        let value_arm = quote_spanned!(tail_at=> #ok(#done(#val(__v))) => #kind.value(__v),);
        let joined = decide(
            *extent,
            run,
            quote_spanned!(span=>
                #value_arm
                ::core::result::Result::Err(__e) => #kind.fail(__e),
                #ok(#returned(__r)) => #on_return,
                #ok(#done(#out(__x))) => match __x { #arms },
            ),
        );
        let future_of_body = body_future(
            extent.start,
            TokenStream::new(),
            quote_spanned!(span=> let #inner = #inner;
                #handle_let
                #[allow(unused_variables)] let #error = #group_type::error_type(&#inner);
                #pin
                let __v #unit = #body;
                #opened
                #end),
        );
        quote_spanned!(span=> ({
            let __options = #options;
            let __o = unsafe { #new::<_>::new #arguments };
            let #group = unsafe { #owner::group(&__o) };
            #asks
            #in_child
            #fails_as(#kind, &#group);
            #pin_send
            #formats
            let #slot = #slot_new();
            let #inner = unsafe { #group_type::dup(&#group) };
            let __b = #future_of_body;
            #before
            (#joined)
        }))
    }
}
