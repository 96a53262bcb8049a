//! `#[must_use]` of a function whose call is a statement.
//!
//! rustc reads the attribute of the function that a statement calls, but not of a call inside a
//! `match`. So the call stands once more in dead code, as the user wrote it, if its arguments can
//! be written twice without harm. The lints of types apply to the value of the `match` by
//! themselves. Calls of methods cannot be written twice; a `Call` that is not made has a warning of
//! its own.

use super::Lowering;
use crate::known;
use crate::names::plain_text;
use syn::{Expr, ExprCall, ExprPath, UnOp};

impl Lowering {
    /// A function call as a statement, as the user wrote it, if rustc may have a lint for it.
    pub(crate) fn stated_call(&self, statement: &Expr) -> Option<ExprCall> {
        let Expr::Call(call) = statement else {
            return None;
        };
        let Expr::Path(ExprPath {
            path, qself: None, ..
        }) = &*call.func
        else {
            return None;
        };
        let name = plain_text(&path.segments.last()?.ident);
        let is_itself = self.subject.function.as_deref() == Some(&name);
        let is_function = !known::is_type_relative(path) && !known::is_upper(&name);
        (is_function && !is_itself && can_be_twice(call)).then(|| call.clone())
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
