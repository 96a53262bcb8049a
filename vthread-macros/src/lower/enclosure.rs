//! The expansion of `timeout!`, `shield!`, `catch_unwind!`, `bind!` and `defer!`: a body in an
//! async block of its own, like that of a group, with the same exits, but without children.
//!
//! If the surrounding code has an error type, the block is a `Result` of it, so that `?` converts
//! as it would outside. Otherwise it has the function's return type and ends normally through a
//! slot.

use super::control_flow::{BodyScope, Fails, JumpScope};
use crate::analysis::tail;
use crate::emit::call::{
    Extent, awaited, body_future, dead, dead_beside, decide, in_place, outer, run,
};
use crate::emit::error_inference::pin_error_type;
use crate::errors;
use crate::forms::enclosure::Enclosure;
use crate::forms::form::{EnclosureForm, Head};
use crate::lower::Lowering;
use crate::names::{self, hygienic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Macro;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;

impl Enclosure {
    /// The future of the enclosed body.
    fn future(self, body: TokenStream, span: Span) -> TokenStream {
        match self {
            Enclosure::Timeout => {
                let timeout = names::timeout(span);
                quote_spanned!(span=> #timeout(__argument, #body))
            }
            Enclosure::Shield => {
                let shield = names::shield(span);
                quote_spanned!(span=> #shield(#body))
            }
            Enclosure::CatchUnwind => {
                let catch_unwind = names::catch_unwind(span);
                quote_spanned!(span=> #catch_unwind(#body))
            }
            Enclosure::Bind => {
                let bind = names::bind(span);
                quote_spanned!(span=> #bind(__argument, #body))
            }
            Enclosure::Defer => {
                let guard = names::defer(span);
                quote_spanned!(span=> #guard(#body))
            }
        }
    }

    /// The pattern of that future's value when the body has ended as `inner`.
    fn ended(self, inner: TokenStream, span: Span) -> TokenStream {
        match self {
            Enclosure::Timeout | Enclosure::CatchUnwind => {
                quote_spanned!(span=> ::core::result::Result::Ok(#inner))
            }
            Enclosure::Shield | Enclosure::Bind | Enclosure::Defer => inner,
        }
    }

    /// The value of the macro if the body's is `__v`, and the arm for the other end.
    fn value(self, span: Span) -> (TokenStream, TokenStream) {
        match self {
            Enclosure::Timeout | Enclosure::CatchUnwind => (
                quote_spanned!(span=> ::core::result::Result::Ok(__v)),
                quote_spanned!(span=> ::core::result::Result::Err(__ended) => ::core::result::Result::Err(__ended),),
            ),
            Enclosure::Shield | Enclosure::Bind | Enclosure::Defer => {
                (quote_spanned!(span=> __v), TokenStream::new())
            }
        }
    }
}

/// How `?` and `return` leave the body.
pub(crate) struct Leaving {
    /// Before the body's block.
    pub(crate) before: TokenStream,
    /// First in the body's block.
    pub(crate) pin: TokenStream,
    /// Last in the body's block, with the body's value in `__v`.
    pub(crate) end: TokenStream,
    /// The body's block `__b` as a future.
    pub(crate) body: TokenStream,
    /// The arms for the kinds of end, without those of the exits.
    pub(crate) value: TokenStream,
    pub(crate) left: TokenStream,
    pub(crate) out: TokenStream,
}

impl Lowering {
    pub(crate) fn enclosure_macro(&mut self, which: Enclosure, mac: &Macro) -> Option<TokenStream> {
        let at = mac.path.span();
        let span = hygienic(at);
        if which == Enclosure::Defer {
            self.errors.at(at, errors::DEFER_IS_A_STATEMENT);
            return None;
        }
        let form = EnclosureForm::parse(mac.tokens.clone(), which, at, &mut self.errors)?;
        let argument = match form.head {
            Head::Nothing => TokenStream::new(),
            Head::Limit(mut limit) => {
                // A limit of another type is reported where it stands.
                let at = hygienic(limit.span());
                let end = names::end_of_time(at);
                self.visit_expr_mut(&mut limit);
                let end = quote_spanned!(at=> #end(#limit));
                quote_spanned!(span=> let __argument = #end;)
            }
            Head::Bindings(mut bindings) => self.new_bindings(&mut bindings, span),
        };
        Some(self.enclose(which, mac, argument, form.body, true, None))
    }

    /// `defer! { cleanup }` and the rest of its block.
    pub(crate) fn defer_statement(
        &mut self,
        mac: &Macro,
        rest: syn::Block,
        is_used: bool,
    ) -> Option<TokenStream> {
        let at = mac.path.span();
        let span = hygienic(at);
        if !self.in_frame {
            self.errors.at(at, errors::DEFER_IN_PLAIN_CODE);
            return None;
        }
        let tokens = mac.tokens.clone();
        let mut form = EnclosureForm::parse(tokens, Enclosure::Defer, at, &mut self.errors)?;
        self.framed(Some(JumpScope::Cleanup), |body| {
            body.is_used = true;
            body.body(&mut form.body);
        });
        let (shield, dead) = (names::shield(span), dead(span, in_place(span)));
        let block = &form.body;
        let future_of_body = body_future(
            at,
            TokenStream::new(),
            quote_spanned!(span=> let () = #block;),
        );
        let ended = awaited(quote_spanned!(span=> __shield), at);
        let cleanup = quote_spanned!(span=>
            let __d = #future_of_body;
            #dead
            let __shield = unsafe { #shield(__d) };
            #ended;
        );
        Some(self.enclose(
            Enclosure::Defer,
            mac,
            TokenStream::new(),
            rest,
            is_used,
            Some(cleanup),
        ))
    }

    fn enclose(
        &mut self,
        which: Enclosure,
        mac: &Macro,
        argument: TokenStream,
        mut block: syn::Block,
        is_used: bool,
        cleanup: Option<TokenStream>,
    ) -> TokenStream {
        let at = mac.path.span();
        let span = hygienic(at);
        let (frame, leaving) = self.leaving(&mut block, is_used, span);
        let extent = Extent::of_macro(mac);
        let arms = self.exit_arms(&frame.exits, span);
        let Leaving {
            before,
            pin,
            end,
            body,
            value: value_pattern,
            left,
            out,
        } = leaving;
        let (value, other) = which.value(span);
        let value_pattern = which.ended(value_pattern, span);
        let out = which.ended(out, span);
        let left = self.left_arm(which.ended(left, span), &frame, span);
        let making = self.making(false);
        let dead = dead_beside(making, span, TokenStream::new());
        let future = which.future(body, span);
        let unit = tail::unit(&block, span);
        let run = run(making, at);
        let run = match cleanup {
            None => run,
            Some(cleanup) => {
                let finish = names::finish(span);
                let finished = awaited(quote_spanned!(span=> __finish), at);
                quote_spanned!(span=> ({ let __ended = #run; #cleanup let __finish = #finish(__ended); #finished }))
            }
        };
        let joined = decide(
            extent,
            run,
            quote_spanned!(span=>
                #value_pattern => #value,
                #left
                #other
                #out => match __x { #arms },
            ),
        );
        let named = self.names_macro(&mac.path, span);
        let future_of_body = body_future(
            at,
            TokenStream::new(),
            quote_spanned!(span=> #pin
                let __v #unit = #block;
                #end),
        );
        let expanded = quote_spanned!(span=> ({
            #named
            #argument
            #before
            let __b = #future_of_body;
            #dead
            let __run = unsafe { #future };
            (#joined)
        }));
        outer(expanded, at)
    }

    /// Rewrites a body in place, and returns how it is left.
    pub(crate) fn leaving(
        &mut self,
        block: &mut syn::Block,
        is_used: bool,
        span: Span,
    ) -> (BodyScope, Leaving) {
        let known = self.known_error();
        let is_new_error = known.is_none();
        let can_fail = known.is_some() || self.errors_are_known() == Fails::Always;
        let asked = self.kind_around().filter(|_| !can_fail);
        let error = match known {
            Some(error) => error,
            None => self.fresh("error", span),
        };
        let frame = self.enclosed_body(block, is_used, can_fail, asked, error);
        let leaving = match can_fail {
            true => by_error(&frame.error, is_new_error, span),
            false => self.by_slot(&frame, span),
        };
        (frame, leaving)
    }

    /// The variable that holds the error type of the innermost enclosing body or child.
    fn known_error(&mut self) -> Option<Ident> {
        for frame in self.frames.iter().rev() {
            match frame {
                JumpScope::Group(group) => return group.can_fail.then(|| group.error.clone()),
                JumpScope::Child(child) => return Some(child.error.clone()),
                JumpScope::Closure | JumpScope::Cleanup => return None,
                _ => {}
            }
        }
        None
    }

    /// The variable whose type decides how the innermost enclosing group fails; this body is part
    /// of that group's.
    fn kind_around(&self) -> Option<Ident> {
        for frame in self.frames.iter().rev() {
            match frame {
                JumpScope::Group(group) => return group.asked.clone(),
                JumpScope::Child(_) | JumpScope::Closure | JumpScope::Cleanup => return None,
                _ => {}
            }
        }
        None
    }

    fn enclosed_body(
        &mut self,
        body: &mut syn::Block,
        is_used: bool,
        can_fail: bool,
        asked: Option<Ident>,
        error: Ident,
    ) -> BodyScope {
        let span = error.span();
        self.scopes.open();
        let depth = self.scopes.depth();
        let slot = self.fresh_shown("end_of_the_block", span);
        let scope = BodyScope::new(error, slot.clone(), slot, depth);
        self.frames.push(JumpScope::Group(BodyScope {
            can_fail,
            asked,
            ..scope
        }));
        self.is_used = is_used;
        let in_frame = std::mem::replace(&mut self.in_frame, true);
        self.body(body);
        self.in_frame = in_frame;
        self.scopes.close();
        match self.frames.pop() {
            Some(JumpScope::Group(frame)) => frame,
            _ => unreachable!("the body's own frame is on top"),
        }
    }

    /// Normal ends go through a slot; the block has the function's return type.
    fn by_slot(&mut self, frame: &BodyScope, span: Span) -> Leaving {
        let (val, out) = (names::ctl_val(span), names::ctl_out(span));
        let (done, returned) = (names::infallible_done(span), names::infallible_return(span));
        let slot_new = names::slot_new(span);
        let (slot_done, until_done) = (names::slot_done(span), names::until_done(span));
        let slot = &frame.slot;
        let annotation = self.return_annotation();
        let has_type = frame.returns || frame.asked.is_some() || !annotation.is_empty();
        let pin = match (&frame.asked, annotation.is_empty()) {
            (Some(kind), _) => self.pin_left(kind, span),
            (None, true) => TokenStream::new(),
            (None, false) => {
                let any = names::any(span);
                dead(
                    span,
                    quote_spanned!(span=> let __r #annotation = #any(); return __r;),
                )
                .into_token_stream()
            }
        };
        let turbofish = match has_type {
            true => TokenStream::new(),
            false => quote_spanned!(span=> ::<::core::convert::Infallible>),
        };
        Leaving {
            before: quote_spanned!(span=> let #slot = #slot_new();),
            pin,
            end: crate::emit::group_prologue::slot_end(slot_done, &turbofish, slot, val, span),
            body: quote_spanned!(span=> #until_done(&#slot, __b)),
            value: quote_spanned!(span=> #done(#val(__v))),
            left: quote_spanned!(span=> #returned(__r)),
            out: quote_spanned!(span=> #done(#out(__x))),
        }
    }

    /// The arm for a body that `?` or `return` has left.
    pub(crate) fn left_arm(
        &mut self,
        pattern: TokenStream,
        frame: &BodyScope,
        span: Span,
    ) -> TokenStream {
        if frame.can_fail {
            let claim = self.claim_on(span);
            return quote_spanned!(span=> #pattern => { #claim return ::core::result::Result::Err(__e) });
        }
        if frame.asked.is_some() {
            // It leaves the body of the enclosing group, which has the same type, in the same way.
            return quote_spanned!(span=> #pattern => return __r,);
        }
        let has_type = frame.returns || !self.return_annotation().is_empty();
        let action = match has_type {
            true => {
                let depth = self.frames.len();
                let value = self.claimed_after_join(depth, quote_spanned!(span=> __r), span);
                self.lower_return(depth, value, quote_spanned!(span=> return), span)
            }
            false => {
                let absurd = names::absurd(span);
                quote_spanned!(span=> #absurd(__r))
            }
        };
        quote_spanned!(span=> #pattern => #action,)
    }
}

/// The block is a `Result` of the surrounding error type.
fn by_error(error: &Ident, is_new: bool, span: Span) -> Leaving {
    let (val, out) = (names::ctl_val(span), names::ctl_out(span));
    let unknown = names::error_unknown(span);
    let pin = pin_error_type(error, span);
    let before = match is_new {
        true => quote_spanned!(span=> let #error = #unknown(); #pin),
        false => TokenStream::new(),
    };
    Leaving {
        before,
        pin,
        end: quote_spanned!(span=> #[allow(unreachable_code)] ::core::result::Result::Ok(#val(__v))),
        body: quote_spanned!(span=> __b),
        value: quote_spanned!(span=> ::core::result::Result::Ok(#val(__v))),
        left: quote_spanned!(span=> ::core::result::Result::Err(__e)),
        out: quote_spanned!(span=> ::core::result::Result::Ok(#out(__x))),
    }
}
