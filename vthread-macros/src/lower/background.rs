//! The expansion of `background!`: a child of the process. All its captures move.

use super::control_flow::ChildScope;
use super::spawn::end;
use crate::analysis::tail;
use crate::emit::call::body_future;
use crate::emit::error_inference::pin_error_type;
use crate::forms::form::BackgroundForm;
use crate::lower::Lowering;
use crate::names::{self, hygienic};
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Macro;
use syn::spanned::Spanned;

impl Lowering {
    pub(crate) fn background_macro(&mut self, mac: &Macro) -> Option<TokenStream> {
        let at = mac.path.span();
        let span = hygienic(at);
        let mut form = BackgroundForm::parse(mac.tokens.clone(), at, &mut self.errors)?;
        let options = self.named_options(&mut form.name, at);
        let tail_at = hygienic(tail::last_tokens(&form.body).span());
        let tail = tail::prepare(&mut form.body);
        let error = self.fresh("error", span);
        let frame = ChildScope {
            can_fail: true,
            asked: None,
            attempt: None,
            error: error.clone(),
            is_background: true,
            is_inferred: false,
            is_runner: false,
            claims: false,
        };
        self.child_body(&mut form.body, frame, tail);
        let pin = pin_error_type(&error, span);
        let end = end(&form.body, tail, &error, true, None, tail_at);
        let (error_type, background) = (names::background_error(span), names::background(span));
        let named = self.names_macro(&mac.path, span);
        let future_of_body = body_future(
            at,
            syn::Token![move](at),
            quote_spanned!(span=> #[allow(unused_variables)] let #error = #error_type();
                #pin
                #end),
        );
        Some(quote_spanned!(span=> ({
            #named
            let __options = #options;
            let __f = #future_of_body;
            unsafe { #background(__options, __f) }
        })))
    }
}
