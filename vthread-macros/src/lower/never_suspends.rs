//! Expressions that cannot suspend, whatever the types: a macro with such arguments only stays as
//! the user wrote it.

use super::{Lowering, blocking_calls};
use crate::analysis::impl_siblings::Known;
use crate::analysis::scopes::Name;
use crate::emit::parens::is_assignment;
use crate::known;
use crate::known::macros::{Treatment, arguments};
use crate::lower::std_macro::{is_plain, value_of};
use crate::names::plain_text;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ExprCall, ExprMethodCall, Macro};

impl Lowering {
    /// Leaves the macro as it is if none of the arguments that are evaluated in any case may
    /// suspend. What stands in closures, and arguments that may not be evaluated, are rewritten.
    pub(super) fn stays(&mut self, mac: &mut Macro, treatment: Treatment) -> bool {
        let n = match treatment {
            Treatment::Formats { first: 2 } | Treatment::Matches | Treatment::Blocks => {
                return false;
            }
            Treatment::Tests { n, .. } => n,
            Treatment::Ensures => 1,
            Treatment::Formats { .. } | Treatment::Moves | Treatment::Shows => usize::MAX,
        };
        let Some(mut arguments) = arguments(mac) else {
            return false;
        };
        let mut evaluated = arguments.iter_mut().take(n);
        if !evaluated.all(|argument| self.never_suspends(value_of(argument))) {
            return false;
        }
        let is_calm = |argument: &mut Expr| {
            let value = value_of(argument);
            !has_closure(value) && self.never_suspends(value)
        };
        if !arguments.iter_mut().all(is_calm) {
            for argument in &mut arguments {
                self.blocks(value_of(argument));
            }
            mac.tokens = arguments.to_token_stream();
        }
        true
    }

    /// Whether no call in the expression may suspend, nor gets a warning.
    pub(super) fn never_suspends(&mut self, expr: &Expr) -> bool {
        match expr {
            _ if is_plain(expr) => true,
            Expr::Paren(inner) => self.never_suspends(&inner.expr),
            Expr::Group(inner) => self.never_suspends(&inner.expr),
            Expr::Reference(inner) => self.never_suspends(&inner.expr),
            Expr::Cast(inner) => self.never_suspends(&inner.expr),
            Expr::Field(field) => self.never_suspends(&field.base),
            Expr::Unary(unary) => self.never_suspends(&unary.expr),
            Expr::Tuple(tuple) => tuple.elems.iter().all(|it| self.never_suspends(it)),
            Expr::Array(array) => array.elems.iter().all(|it| self.never_suspends(it)),
            Expr::Binary(binary) => {
                !is_assignment(&binary.op)
                    && self.never_suspends(&binary.left)
                    && self.never_suspends(&binary.right)
            }
            Expr::Index(indexed) => {
                self.never_suspends(&indexed.expr) && self.never_suspends(&indexed.index)
            }
            Expr::MethodCall(call) => {
                call.attrs.is_empty()
                    && self.is_plain_method(call)
                    && self.never_suspends(&call.receiver)
                    && call.args.iter().all(|it| self.never_suspends(it))
            }
            Expr::Call(call) => {
                call.attrs.is_empty()
                    && self.is_plain_function(call)
                    && call.args.iter().all(|it| self.never_suspends(it))
            }
            _ => false,
        }
    }

    fn is_plain_method(&mut self, call: &ExprMethodCall) -> bool {
        let name = plain_text(&call.method);
        match known::method(&name) {
            true => {
                blocking_calls::unprobed(call, &name).is_none()
                    && blocking_calls::asked_iterator(&call.receiver).is_none()
            }
            false => self.method_of_its_type(call) == Some(Known::Plain),
        }
    }

    /// As `decided_call` has it.
    fn is_plain_function(&self, call: &ExprCall) -> bool {
        let Expr::Path(callee) = &*call.func else {
            return false;
        };
        let path = &callee.path;
        let (Some(last), None) = (path.segments.last(), &callee.qself) else {
            return false;
        };
        let name = plain_text(&last.ident);
        let is_bare = path.segments.len() == 1 && path.leading_colon.is_none();
        let is_of_self = path.segments.len() == 2 && path.segments[0].ident == "self";
        if is_bare || is_of_self {
            if self.scopes.either(&name).is_some() {
                return false;
            }
            match self.scopes.get(&name).filter(|_| is_bare) {
                Some(Name::Variable { .. } | Name::PlainItem) => return true,
                None if self.subject.function.as_deref() != Some(&name) => {
                    return self.of_its_module(&name, path) == Some(Known::Plain);
                }
                _ => return false,
            }
        }
        known::is_type_relative(path)
            && !blocking_calls::is_constructor(&name)
            && blocking_calls::wrapper(call, path).is_none()
            && (known::associated(&name) || known::is_of_std(path, &name))
    }
}

/// Whether it may contain a closure.
fn has_closure(expr: &Expr) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|tree| match tree {
            TokenTree::Punct(punct) => punct.as_char() == '|',
            TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(expr.to_token_stream())
}
