//! Our own attributes on an item: `#[vthread]`, `#[plain]`.

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

/// Removes our attribute from a nested function.
pub(crate) fn take_attribute(item: &mut ItemFn) -> Option<Attribute> {
    take(&mut item.attrs)
}

/// Removes our attribute.
pub(crate) fn take(attrs: &mut Vec<Attribute>) -> Option<Attribute> {
    let at = attrs.iter().position(is_ours)?;
    Some(attrs.remove(at))
}

/// Whether the function stays an ordinary one. The attribute remains: it expands to nothing, and
/// its import counts as used.
pub(crate) fn is_plain(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "plain")
    })
}
