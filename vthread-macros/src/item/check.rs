//! What can be a vthread function.

use crate::body::skip;
use crate::errors::{self, Errors};
use crate::names::plain_text;
use quote::quote;
use syn::Signature;

/// Reports what a vthread function cannot be. True if it can.
pub(crate) fn function(signature: &Signature, errors: &mut Errors) -> bool {
    let before = errors.n();
    if let Some(token) = &signature.asyncness {
        errors.on(token, errors::ASYNC_FN);
    }
    if let Some(token) = &signature.constness {
        errors.on(token, errors::CONST_FN);
    }
    if let Some(abi) = &signature.abi {
        errors.on(quote!(#abi), errors::EXTERN_FN);
    }
    if let Some(variadic) = &signature.variadic {
        errors.on(variadic, errors::VARIADIC_FN);
    }
    errors.n() == before
}

/// The same for a method, whose name must be one that `#[vthread]` code looks at.
pub(crate) fn method(signature: &Signature, errors: &mut Errors) -> bool {
    let name = plain_text(&signature.ident);
    match signature.receiver() {
        Some(_) if skip::method(&name) => {
            errors.on(&signature.ident, errors::skipped_method(&name));
        }
        None if skip::associated(&name) => {
            errors.on(&signature.ident, errors::skipped_function(&name));
        }
        _ => {}
    }
    function(signature, errors)
}
