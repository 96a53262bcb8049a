//! Our own attributes, as they stand on an item: `#[vthread]`, `#[plain]`.

use syn::{Attribute, ItemFn};

/// Whether one of the attributes is ours.
pub(crate) fn is_vthread(attrs: &[Attribute]) -> bool {
    attrs.iter().any(is_ours)
}

fn is_ours(attr: &Attribute) -> bool {
    attr.path()
        .segments
        .last()
        .is_some_and(|last| last.ident == "vthread")
}

/// Takes our attribute off a nested function.
pub(crate) fn take_attribute(item: &mut ItemFn) -> Option<Attribute> {
    let at = item.attrs.iter().position(is_ours)?;
    Some(item.attrs.remove(at))
}

/// Whether the function stays an ordinary one. The attribute is left where it is: it expands to
/// nothing, and its import counts as used.
pub(crate) fn is_plain(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "plain")
    })
}
