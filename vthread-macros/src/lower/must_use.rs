//! `#[must_use]` of a function or method whose call is a statement.
//!
//! rustc reads the attribute of the function that a statement calls, but not of a call inside a
//! `match`. So the call stands once more in dead code, as the user wrote it, if it can be written
//! twice without harm. The lints of types apply to the value of the `match` by themselves.
//!
//! A copy of a method's call would be reported as a `Call` that is never made, if the method
//! suspends. So there is one only if the file declares a plain method of that name with
//! `#[must_use]`.

use super::Lowering;
use super::of_its_file::{is_important_in_its_file, is_unimportant_in_its_file};
use crate::known;
use crate::names::plain_text;
use syn::{Expr, ExprCall, ExprPath, UnOp};

impl Lowering {
    /// A call as a statement, as the user wrote it, if rustc may have a lint for it.
    pub(crate) fn stated_call(&self, statement: &Expr) -> Option<Expr> {
        let is_stated = match statement {
            Expr::Call(call) => self.is_stated_function(call),
            Expr::MethodCall(call) => {
                call.attrs.is_empty()
                    && is_plain(&call.receiver)
                    && call.args.iter().all(is_plain)
                    && is_important_in_its_file(&call.method)
            }
            _ => false,
        };
        is_stated.then(|| statement.clone())
    }

    fn is_stated_function(&self, call: &ExprCall) -> bool {
        let Expr::Path(ExprPath {
            path, qself: None, ..
        }) = &*call.func
        else {
            return false;
        };
        let Some(last) = path.segments.last() else {
            return false;
        };
        let name = plain_text(&last.ident);
        let is_itself = self.subject.function.as_deref() == Some(&name);
        let is_function = match known::is_type_relative(path) {
            true => is_important_in_its_file(&last.ident),
            false => {
                let is_bare = path.segments.len() == 1;
                let is_unimportant = is_bare && is_unimportant_in_its_file(&last.ident);
                !is_unimportant && !known::is_upper(&name)
            }
        };
        is_function && !is_itself && can_be_twice(call)
    }
}

/// Whether a call can be written twice.
pub(super) fn can_be_twice(call: &ExprCall) -> bool {
    call.attrs.is_empty() && call.args.iter().all(is_plain)
}

/// A literal or a place, or a reference to one.
fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Paren(inner) => is_plain(&inner.expr),
        Expr::Reference(inner) => is_plain(&inner.expr),
        Expr::Field(field) => is_plain(&field.base),
        Expr::Unary(unary) => is_plain(&unary.expr) && !matches!(unary.op, UnOp::Not(_)),
        _ => false,
    }
}
