//! Method calls on variables whose type the module around declares, with its methods.

use super::Lowering;
use super::method_call::is_self;
use crate::analysis::impl_siblings::{Known, Taking};
use crate::analysis::scopes::{Name, OfType};
use crate::names::{self, hash, hygienic, plain_text};
use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::{Expr, ExprMethodCall, Pat, Path, Type};

/// The type of a variable: its name, behind a reference or not.
#[derive(Clone)]
pub(crate) struct Written {
    name: Ident,
    form: Taking,
}

impl Lowering {
    /// Remembers the type of a variable that was bound just now.
    pub(crate) fn give_type(&mut self, pattern: &Pat, written: Option<Written>) {
        let Pat::Ident(variable) = pattern else {
            return;
        };
        if let Some(written) = written.filter(|_| variable.by_ref.is_none()) {
            let of = OfType(self.written.len());
            self.written.push(written);
            self.scopes.give_type(&plain_text(&variable.ident), of);
        }
    }

    /// The type that is written for a variable, if the module declares it.
    pub(crate) fn written_type(&self, ty: &Type) -> Option<Written> {
        let (ty, form) = match ty {
            Type::Reference(reference) => match reference.mutability {
                Some(_) => (&*reference.elem, Taking::Mutable),
                None => (&*reference.elem, Taking::Reference),
            },
            ty => (ty, Taking::Value),
        };
        match ty {
            Type::Path(path) if path.qself.is_none() => self.own_type(&path.path, form),
            _ => None,
        }
    }

    /// The type of a value, as far as its form shows it.
    pub(crate) fn type_of_value(&self, value: &Expr) -> Option<Written> {
        match value {
            Expr::Struct(literal) => self.own_type(&literal.path, Taking::Value),
            Expr::Paren(inner) => self.type_of_value(&inner.expr),
            Expr::Reference(reference) => {
                let referred = self.type_of_value(&reference.expr)?;
                let form = match reference.mutability {
                    Some(_) => Taking::Mutable,
                    None => Taking::Reference,
                };
                (referred.form == Taking::Value).then_some(Written { form, ..referred })
            }
            Expr::Call(call) => {
                let Expr::Path(callee) = &*call.func else {
                    return None;
                };
                let (path, around) = (&callee.path, &self.subject.around);
                if callee.qself.is_some() || path.leading_colon.is_some() {
                    return None;
                }
                if path.segments.len() == 2 {
                    let function = plain_text(&path.segments[1].ident);
                    let ty = &path.segments[0].ident;
                    let method = around.method(&plain_text(ty), &function)?;
                    let returned = Path::from(ty.clone());
                    return (method.returns_itself && method.known == Known::Plain)
                        .then(|| self.own_type(&returned, Taking::Value))?;
                }
                let own = self.own_type(path, Taking::Value)?;
                around.is_tuple(&plain_text(&own.name)).then_some(own)
            }
            _ => None,
        }
    }

    fn own_type(&self, path: &Path, form: Taking) -> Option<Written> {
        let segment = path.segments.first().filter(|_| path.segments.len() == 1)?;
        let name = plain_text(&segment.ident);
        let is_own = path.leading_colon.is_none()
            && self.n_importing == 0
            && !self.subject.generics.contains(&name)
            && self.subject.around.declares(&name);
        is_own.then(|| Written {
            name: segment.ident.clone(),
            form,
        })
    }

    /// What a method is, if the type of its receiver is known.
    pub(super) fn method_of_its_type(&mut self, call: &ExprMethodCall) -> Option<Known> {
        let Written { name: ty, form } = self.type_of_receiver(&call.receiver)?;
        let (own, name) = (plain_text(&ty), plain_text(&call.method));
        let method = self.subject.around.method(&own, &name)?;
        let known = method.known;
        if method.taking? == form {
            return Some(known);
        }
        let n_arguments = method.n_arguments?;
        let can_be = known == Known::Plain
            && self.n_importing == 0
            && self.can_have_checks
            && self.subject.around.has_one(&name);
        if !can_be {
            return None;
        }
        if let Some(n_lifetimes) = self.subject.around.to_be_checked(&own, &name, form) {
            let checked = check(&ty, n_lifetimes, form, &call.method, n_arguments);
            self.checks.extend(checked);
        }
        Some(known)
    }

    fn type_of_receiver(&self, receiver: &Expr) -> Option<Written> {
        let Expr::Path(path) = receiver else {
            return match receiver {
                Expr::Paren(inner) => self.type_of_receiver(&inner.expr),
                Expr::Group(inner) => self.type_of_receiver(&inner.expr),
                _ => None,
            };
        };
        if is_self(receiver) {
            let form = self.subject.taking?;
            return self
                .subject
                .own_type
                .clone()
                .map(|name| Written { name, form });
        }
        let name = path.path.get_ident().filter(|_| path.qself.is_none())?;
        match self.scopes.get(&plain_text(name))? {
            Name::Variable { of: Some(of), .. } => self.written.get(of.0).cloned(),
            _ => None,
        }
    }
}

/// Dead code of the module: such a call on such a receiver is plain.
fn check(
    ty: &Ident,
    n_lifetimes: usize,
    form: Taking,
    method: &Ident,
    n_arguments: usize,
) -> TokenStream {
    let span = hygienic(method.span());
    let form = match form {
        Taking::Value => TokenStream::new(),
        Taking::Reference => quote_spanned!(span=> &),
        Taking::Mutable => quote_spanned!(span=> &mut),
    };
    let lifetimes = (0..n_lifetimes).map(|_| quote_spanned!(span=> '_));
    let any = names::any(span);
    let arguments = (0..n_arguments).map(|_| quote_spanned!(span=> #any()));
    let (hash, probe, is_own) = (
        hash(&plain_text(method)),
        names::probe_tag(span),
        names::is_own_method(span),
    );
    quote_spanned!(span=>
        #[cfg(not(doc))]
        const _: () = {
            #[allow(dead_code, unused_mut, unreachable_code, deprecated, unused_must_use)]
            fn __checked(mut __own: #form #ty<#(#lifetimes),*>) {
                '__l: {
                    break '__l;
                    let __x = __own.#method(#(#arguments),*);
                    #is_own(#probe::<#hash, _, _>(&__own, &__x)[()]);
                }
            }
        };
    )
}
