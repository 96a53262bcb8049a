//! The form of `closure!`.

use crate::errors::{self, Errors};
use syn::spanned::Spanned;
use syn::{ExprClosure, Macro};

/// The contents of a `closure!`.
pub(crate) fn parse(mac: &Macro, errors: &mut Errors) -> Option<ExprClosure> {
    let Ok(closure) = syn::parse2::<ExprClosure>(mac.tokens.clone()) else {
        let at = match mac.tokens.is_empty() {
            true => mac.path.span(),
            false => mac.tokens.span(),
        };
        errors.at(at, errors::CLOSURE_FORM);
        return None;
    };
    if let Some(asyncness) = &closure.asyncness {
        errors.at(asyncness.span(), errors::ASYNC_CLOSURE);
        return None;
    }
    Some(closure)
}
