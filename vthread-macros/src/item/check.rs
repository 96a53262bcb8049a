//! Which functions can be vthread functions.

use crate::errors::{self, Errors};
use crate::known;
use crate::names::plain_text;
use quote::quote;
use syn::{ItemImpl, Signature, Type};

/// Reports every reason why this cannot be a vthread function. True if there is none.
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

/// Traits of std that plain code calls: their methods cannot return a `Call`.
const PLAIN_TRAITS: &[&str] = &[
    "Iterator",
    "DoubleEndedIterator",
    "IntoIterator",
    "FromIterator",
    "Extend",
    "Display",
    "Debug",
    "Drop",
    "Deref",
    "DerefMut",
    "Clone",
    "Default",
    "From",
    "Into",
    "TryFrom",
    "TryInto",
    "FromStr",
    "ToString",
    "AsRef",
    "AsMut",
    "Borrow",
    "BorrowMut",
    "Hash",
    "PartialEq",
    "PartialOrd",
    "Ord",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Neg",
    "Not",
    "Index",
    "IndexMut",
    "Future",
    "Error",
];

/// Reports the `impl` of a trait for every type. True if it is not one.
pub(crate) fn implementing_type(block: &ItemImpl, errors: &mut Errors) -> bool {
    let Type::Path(ty) = &*block.self_ty else {
        return true;
    };
    let mut parameters = block.generics.type_params();
    let parameter = parameters.find(|parameter| ty.path.is_ident(&parameter.ident));
    if let (Some(parameter), true) = (parameter, block.trait_.is_some()) {
        errors.on(ty, errors::blanket(&plain_text(&parameter.ident)));
        return false;
    }
    true
}

/// Reports an `impl` of a trait of std. True if it is not one.
pub(crate) fn implemented_trait(block: &ItemImpl, errors: &mut Errors) -> bool {
    let Some((path, _)) = &block.trait_ else {
        return true;
    };
    let name = path
        .segments
        .last()
        .map(|last| plain_text(&last.ident))
        .unwrap_or_default();
    let is_plain = PLAIN_TRAITS.contains(&name.as_str());
    if is_plain {
        errors.on(path, errors::plain_trait(&name));
    }
    !is_plain
}

/// The same for a method, whose name must be one that `#[vthread]` code probes.
pub(crate) fn method(signature: &Signature, errors: &mut Errors) -> bool {
    let name = plain_text(&signature.ident);
    match signature.receiver() {
        Some(_) if known::method(&name) => {
            errors.on(&signature.ident, errors::skipped_method(&name));
        }
        None if known::associated(&name) => {
            errors.on(&signature.ident, errors::skipped_function(&name));
        }
        _ => {}
    }
    function(signature, errors)
}
