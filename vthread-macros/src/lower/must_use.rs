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
use crate::known;
use crate::names::plain_text;
use crate::source::is_of_word;
use std::collections::HashSet;
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
                    && super::typo::is_important_in_its_file(&call.method)
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
            true => super::typo::is_important_in_its_file(&last.ident),
            false => {
                !known::is_upper(&name)
                    && !(path.segments.len() == 1
                        && super::typo::is_unimportant_in_its_file(&last.ident))
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

/// The plain functions and methods of a file that have `#[must_use]`.
pub(super) fn important(code: &str) -> HashSet<String> {
    let attributes = code.match_indices("#[must_use");
    attributes
        .filter_map(|(at, _)| {
            let header = &code[at..];
            let function = header.find("fn ")?;
            let of_another = ["{", ";", "struct ", "enum ", "trait ", "vthread"];
            let is_its_own = !of_another
                .iter()
                .any(|word| header[..function].contains(word));
            let name = &header[function + 3..];
            let end = name.bytes().position(|byte| !is_of_word(byte))?;
            (is_its_own && !is_in_vthread_block(&code[..at])).then(|| name[..end].to_owned())
        })
        .collect()
}

/// Whether the code ends in an `impl` with `#[vthread]`, as far as its text shows.
fn is_in_vthread_block(before: &str) -> bool {
    let starts = before.rmatch_indices("impl").find(|(at, _)| {
        let bytes = before.as_bytes();
        let ends = bytes.get(at + 4).is_some_and(|next| !is_of_word(*next));
        ends && (*at == 0 || matches!(bytes[at - 1], b'\n' | b' ' | b'\t' | b']'))
    });
    let attributes = starts.map(|(at, _)| before[..at].trim_end());
    attributes.is_some_and(|text| {
        let line = text.rsplit(['\n', ';', '}']).next().unwrap_or(text);
        text.ends_with(']') && line.contains("vthread")
    })
}

#[cfg(test)]
mod tests {
    use super::important;

    #[test]
    fn t08_what_must_be_used_is_found_in_a_file() {
        let found = |code: &str| {
            let mut names: Vec<String> = important(code).into_iter().collect();
            names.sort();
            names.join(" ")
        };
        for (code, names) in [
            (
                "impl S { #[must_use] pub fn touch(&self) {} fn b() {} }",
                "touch",
            ),
            ("#[must_use = \"   \"]\n#[inline]\npub fn a() {}", "a"),
            ("#[must_use] pub struct S; fn a() {}", ""),
            ("#[must_use] #[vthread] fn a() {}", ""),
            ("#[vthread]\nimpl S { #[must_use] fn a() {} }", ""),
            (
                "#[vthread] fn b() {}\nimpl S { #[must_use] fn a() {} }",
                "a",
            ),
            (
                "#[vthread::vthread] impl S { fn b() {} #[must_use] fn a() {} }",
                "",
            ),
        ] {
            assert_eq!(found(code), names, "{code}");
        }
    }
}
