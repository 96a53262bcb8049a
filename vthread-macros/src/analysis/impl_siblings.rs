//! The other functions of an inherent `impl` block: `self.m()` and `Self::f()` are known there
//! without a probe, if nothing else can have the name.
//!
//! For a receiver of type `R`, method lookup first tries the type's own methods that take exactly
//! an `R`. So `self.m()` is the block's `m` if both take `self` in the same way. If they differ, a
//! trait's method that takes an `R` would take precedence, and the call is probed like any other.

use crate::known::attributes;
use crate::names::plain_text;
use std::collections::HashMap;
use syn::{Attribute, FnArg, ImplItem, ItemImpl, ReceiverKind, Signature};

/// How a function takes `self`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Taking {
    Value,
    Reference,
    Mutable,
}

impl Taking {
    /// `None` also if the type of `self` is written out: it may be anything that dereferences to
    /// `Self`.
    pub(crate) fn of(signature: &Signature) -> Option<Self> {
        let FnArg::Receiver(receiver) = signature.inputs.first()? else {
            return None;
        };
        match receiver.kind {
            ReceiverKind::Value => Some(Taking::Value),
            ReceiverKind::Reference(_, _, None) => Some(Taking::Reference),
            ReceiverKind::Reference(_, _, Some(_)) => Some(Taking::Mutable),
            _ => None,
        }
    }
}

/// What is known about a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Known {
    /// Its result is a `Call`.
    Suspends,
    /// The call is left as it is.
    Plain,
}

/// The functions of a block.
#[derive(Default)]
pub(crate) struct Siblings(HashMap<String, (Known, Option<Taking>)>);

impl Siblings {
    pub(crate) fn of(block: &ItemImpl) -> Self {
        // The type may have a method of its own that is not visible in the `impl` of a trait.
        if block.trait_.is_some() {
            return Siblings::default();
        }
        let functions = block.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) if function.attrs.iter().all(is_harmless) => {
                let known = match attributes::is_plain(&function.attrs) {
                    true => Known::Plain,
                    false => Known::Suspends,
                };
                let name = plain_text(&function.sig.ident);
                Some((name, (known, Taking::of(&function.sig))))
            }
            _ => None,
        });
        Siblings(functions.collect())
    }

    /// What `self.name()` is in a function that takes `self` as `own`.
    pub(crate) fn method(&self, name: &str, own: Option<Taking>) -> Option<Known> {
        let (known, taking) = self.0.get(name)?;
        (taking.is_some() && *taking == own).then_some(*known)
    }

    /// What `Self::name()` is: in a path, the type's own functions take precedence over all
    /// traits'.
    pub(crate) fn function(&self, name: &str) -> Option<Known> {
        self.0.get(name).map(|(known, _)| *known)
    }
}

/// Attributes that neither remove a function nor change it.
pub(super) const HARMLESS: &[&str] = &[
    "allow",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "forbid",
    "inline",
    "must_use",
    "track_caller",
    "warn",
];

fn is_harmless(attr: &Attribute) -> bool {
    attributes::is_plain(std::slice::from_ref(attr))
        || HARMLESS.iter().any(|name| attr.path().is_ident(name))
}
