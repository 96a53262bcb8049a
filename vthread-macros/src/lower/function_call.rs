//! Path calls: `f(x)`, `module::f(x)`, `Type::f(x)`.
//!
//! Name resolution decides about functions: the plain function is imported as `__vthread_call`
//! outside, and a glob import of the companion module inside shadows it if that module exists. The
//! type of the result decides about type-relative calls.

use super::expectation::{Expected, Remembered};
use super::namespace_probe::{Beside, Shape, probe};
use super::of_its_file::is_plain_trait_of_its_file;
use super::{Lowering, blocking_calls, named_like_a_type};
use crate::analysis::impl_siblings::Known;
use crate::analysis::scopes::Name;
use crate::editor;
use crate::emit::call::{
    CallMode, Extent, Place, arm, decided, found, known_call, shown_value, ways,
};
use crate::emit::parens;
use crate::emit::write::{NOTHING, Written, write_spanned};
use crate::errors;
use crate::known;
use crate::names::{self, companion, hygienic, plain_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprCall, ExprClosure, Macro, Path, Type};

impl Lowering {
    /// The rewritten call, or `None` if it stays as it is (with its arguments rewritten).
    pub(crate) fn call(&mut self, call: &mut ExprCall, is_expected: bool) -> Option<Expr> {
        let at = call.paren_token.span.join();
        let rewritten = match self.conditional_call(call, is_expected) {
            Some(rewritten) => rewritten,
            None => self.decided_call(call, is_expected)?,
        };
        match editor::asks() {
            true => Some(shown_value(&call, at)),
            false => Some(rewritten),
        }
    }

    /// The call of a name that a condition may give another meaning, `#[cfg(..)] let f = ..; f()`:
    /// it is decided for both, and the condition chooses. They are elements of a tuple, whose
    /// temporaries live as long as those of the call.
    fn conditional_call(&mut self, call: &mut ExprCall, is_expected: bool) -> Option<Expr> {
        let Expr::Path(path) = &*call.func else {
            return None;
        };
        let name = path
            .path
            .segments
            .last()
            .map(|last| plain_text(&last.ident))?;
        let is_bare = path.qself.is_none() && own_path(&path.path).is_some();
        if !is_bare || path.path.segments.len() > 1 || !self.in_frame {
            return None;
        }
        let (scope, either) = self.scopes.either(&name)?;
        let (stated, checked) = (self.stated.take(), self.checked_paths.clone());
        let call = &*call;
        let decided = |body: &mut Lowering, meaning: Option<Name>| {
            let mut call = call.clone();
            let before = body.scopes.exchange(scope, &name, meaning);
            body.stated.clone_from(&stated);
            let rewritten = body.call(&mut call, is_expected);
            body.scopes.exchange(scope, &name, before);
            // A check in code that is compiled out is none.
            body.checked_paths.clone_from(&checked);
            rewritten.unwrap_or(Expr::Call(call))
        };
        let otherwise = decided(self, either.otherwise.clone());
        let errors = std::mem::take(&mut self.errors);
        let then = decided(self, Some(either.then.clone()));
        // Errors in the arguments are those of both.
        self.errors = errors;
        let (condition, span) = (&either.condition, hygienic(call.paren_token.span.join()));
        Some(Expr::Verbatim(quote_spanned!(span=>
            (#[cfg(#condition)] #then, #[cfg(not(#condition))] #otherwise,).0
        )))
    }

    fn decided_call(&mut self, call: &mut ExprCall, is_expected: bool) -> Option<Expr> {
        let stated = self.stated.take();
        let expected = self.expected(is_expected, &call.args, call.paren_token.span.join());
        let has_closure = has_closure(call);
        let is_given_stdin = blocking_calls::is_given_stdin(call);
        call.args
            .iter_mut()
            .for_each(|argument| self.visit_expected(argument));
        let mut callee = &mut *call.func;
        while let Expr::Group(group) = callee {
            callee = &mut group.expr;
        }
        let Expr::Path(path) = callee else {
            self.visit_expr_mut(&mut call.func);
            return None;
        };
        let (path, qself) = (path.path.clone(), path.qself.clone());
        let last = &path.segments.last()?.ident;
        let (name, at) = (plain_text(last), last.span());
        if let Some(qself) = qself {
            // Its type is inferred from its surroundings, so it cannot be probed.
            if matches!(*qself.ty, Type::Infer(_)) && known::associated_of_std(&name) {
                return None;
            }
            let is_recursive =
                type_name(&qself.ty).is_some_and(|owner| self.is_recursive(&owner, &name));
            return Some(self.type_relative(call, (expected, stated), is_recursive, at));
        }
        if let Some(ident) = own_path(&path) {
            match self.scopes.get(&name).filter(|_| path.segments.len() == 1) {
                Some(Name::Variable { .. } | Name::Handle | Name::PlainItem) => return None,
                Some(Name::VthreadItem) => return self.known(call, &path, CallMode::Await, at),
                None if self.subject.function.as_deref() == Some(&name) && self.in_frame => {
                    self.note_recursion();
                    return self.known(call, &path, CallMode::Segment, ident.span());
                }
                Some(_) => {}
                None => match self.of_its_module(&name, &path) {
                    Some(Known::Plain) => return None,
                    Some(Known::Suspends) => {
                        return self.known(call, &path, CallMode::Await, at);
                    }
                    None if self.is_tuple_of_its_module(&name, &path) => return None,
                    None => {}
                },
            }
        }
        let is_builtin = path.get_ident().is_some() && known::is_builtin_type(&name);
        let mut uses_import = None;
        let path = match path.get_ident() {
            Some(_) if is_builtin => match self.place_of(last) {
                named_like_a_type::Place::Module(path) => path,
                named_like_a_type::Place::Import(path) => {
                    uses_import = Some(quote_spanned!(hygienic(at)=>
                        #[allow(unused_imports)] use #last as _;
                    ));
                    path
                }
                named_like_a_type::Place::InAGlob => {
                    let name = last.clone();
                    self.refuse_in_a_glob(call, &name);
                    return None;
                }
            },
            // The type is found where a module would be, and the function stands further out.
            Some(_) if self.types_of_blocks.contains(&name) && self.scopes.get(&name).is_none() => {
                let mut path = path;
                let own = Ident::new("self", hygienic(at));
                path.segments.insert(0, own.into());
                path
            }
            Some(_) if self.in_frame && self.subject.around.is_hidden(&name) => {
                self.errors.on(&path, errors::hidden_by_a_module(&name));
                path
            }
            _ => path,
        };
        let warning = blocking_calls::function(&path, is_given_stdin).filter(|_| self.warns());
        if let Some(asked) = blocking_calls::wrapper(call, &path).filter(|_| self.warns()) {
            return Some(asked);
        }
        let is_watched =
            known::is_type_relative(&path) && blocking_calls::is_constructor(&name) && self.warns();
        if path.is_ident("self") || known::function(&path) && !is_watched {
            if let Some(warning) = warning {
                *call.func = Expr::Verbatim(blocking_calls::beside(&path, &warning, at));
            }
            return None;
        }
        if known::is_type_relative(&path) {
            let n = path.segments.len();
            if known::associated(&name)
                || known::is_of_std(&path, &name)
                || is_plain_trait_of_its_file(&path.segments[n - 2].ident)
            {
                return None;
            }
            let in_self = path.segments[0].ident == "Self" && path.segments.len() == 2;
            let owner = plain_text(&path.segments[path.segments.len() - 2].ident);
            let is_recursive = self.is_recursive(&owner, &name);
            if let (Some(helper), true, true) = (self.subject.again.clone(), is_recursive, in_self)
            {
                return Some(self.function_again(call, &helper, at));
            }
            match self.subject.siblings.function(&name).filter(|_| in_self) {
                Some(Known::Plain) => return None,
                Some(Known::Suspends) => return Some(self.own_function(call, is_recursive, at)),
                None => {}
            }
            return Some(self.type_relative(call, (expected, stated), is_recursive, at));
        }
        // In a closure the facade is the right function.
        if !self.in_frame {
            return None;
        }
        let is_new = self
            .checked_paths
            .insert(path.to_token_stream().to_string());
        let tied = blocking_calls::by_name(&path).filter(|_| !has_closure && self.warns());
        let held = self.held_across(quote_spanned!(hygienic(at)=> &__k), at);
        let mistyped = self.perhaps_mistyped(call, &path);
        let warning = match stated
            .map(|call| quote!(#call;))
            .or(mistyped)
            .or(uses_import)
        {
            None => warning,
            Some(again) => Some(quote!(#warning #again)),
        };
        let beside = Beside {
            warning,
            tied,
            held,
        };
        let place = self.place_of_check();
        let shape = Shape {
            has_closure,
            is_new,
            place,
            expected,
        };
        Some(probe(call, path, shape, beside, at))
    }

    /// What the function is that the module around declares under this name.
    pub(super) fn of_its_module(&self, name: &str, path: &Path) -> Option<Known> {
        let is_seen = self.n_importing == 0 || path.segments.len() > 1;
        self.subject.around.function(name).filter(|_| is_seen)
    }

    /// Whether the name is that of a tuple struct which the module around declares.
    fn is_tuple_of_its_module(&self, name: &str, path: &Path) -> bool {
        path.segments.len() == 1 && self.n_importing == 0 && self.subject.around.is_tuple(name)
    }

    /// A call of a `#[vthread]` function of this body or of the function itself: the companion is
    /// named directly.
    fn known(&mut self, call: &ExprCall, path: &Path, making: CallMode, at: Span) -> Option<Expr> {
        if !self.in_frame {
            return None;
        }
        let mut path = path.clone();
        let last = path.segments.last_mut()?;
        let mut hidden = companion(&last.ident);
        hidden.set_span(last.ident.span());
        last.ident = hidden;
        // Messages and locations are those of the user's parentheses.
        let arguments = names::called_at(call.paren_token.span.join(), call.args.to_token_stream());
        let held = self.held_across_suspension(at);
        let made = known_call(quote!(#path #arguments), making, at, extent(call), held);
        Some(Expr::Verbatim(made))
    }

    /// Whether `Owner::name()` calls the method whose body this is.
    fn is_recursive(&mut self, owner: &str, name: &str) -> bool {
        let is_recursive = self.subject.is_method_of(owner, name);
        if is_recursive {
            self.note_recursion();
        }
        is_recursive
    }

    /// `Self::m(args)` in the default of `m`, through the helper that `self.m(args)` uses too.
    fn function_again(&mut self, call: &ExprCall, helper: &Path, at: Span) -> Expr {
        self.calls_itself = true;
        let method = match &*call.func {
            Expr::Path(path) => path.path.segments.last().cloned().map(|mut last| {
                last.ident = names::again(&last.ident);
                last
            }),
            _ => None,
        };
        let arguments = &call.args;
        let again = quote_spanned!(hygienic(at)=> <Self as #helper>::#method(#arguments));
        let making = self.making(true);
        let held = self.held_across_suspension(at);
        Expr::Verbatim(known_call(again, making, at, extent(call), held))
    }

    /// A call of a vthread function of the same `impl` block: its result is a `Call`.
    fn own_function(&self, call: &ExprCall, is_recursive: bool, at: Span) -> Expr {
        let held = self.held_across_suspension(at);
        let making = self.making(is_recursive);
        Expr::Verbatim(known_call(quote!(#call), making, at, extent(call), held))
    }

    fn type_relative(
        &mut self,
        call: &ExprCall,
        (expected, stated): (Option<Expected>, Option<Expr>),
        is_recursive: bool,
        at: Span,
    ) -> Expr {
        let making = self.making(is_recursive);
        let stated = stated.map(|call| quote!(#call;));
        let warning = match &*call.func {
            Expr::Path(path) if self.warns() => blocking_calls::constructor(&path.path),
            _ => None,
        };
        let warning = stated.or(warning);
        let remembered = expected.and_then(|expected| {
            let span = hygienic(call.paren_token.span.join());
            Some((expected, self.remembered(&call.args, span)?))
        });
        if let Some((expected, Remembered { types, real, copy })) = remembered {
            let span = hygienic(at);
            let (callee, tag) = (&call.func, names::tag_of_result(span));
            let parenthesized = |arguments: Vec<TokenStream>| {
                names::called_at(call.paren_token.span.join(), quote!(#(#arguments),*))
            };
            let (real, copy) = (parenthesized(real), parenthesized(copy));
            let held = self.held_across(quote_spanned!(span=> &__k), at);
            let ways = ways(making, at, call.paren_token.span.join());
            let decided = expected.of_value(
                (making, Place::Checked),
                &types,
                (quote!(#callee #real), quote!(#callee #copy)),
                (
                    quote_spanned!(span=> #tag(&__x)),
                    quote_spanned!(span=> __t[()]),
                    warning,
                ),
                extent(call),
                arm(span, NOTHING, held, ways).into_token_stream(),
            );
            return Expr::Verbatim(parens::parenthesized(decided));
        }
        let value = ValueOfCall {
            value: call.to_token_stream(),
            extent: extent(call),
            arguments: call.paren_token.span.join(),
            at,
        };
        self.decided_by_value(value, making, warning)
    }

    /// A value that is made if it is a call.
    pub(super) fn decided_by_value(
        &self,
        value: ValueOfCall,
        making: CallMode,
        warning: Option<TokenStream>,
    ) -> Expr {
        let ValueOfCall {
            value,
            extent,
            arguments,
            at,
        } = value;
        let span = hygienic(at);
        let tag = names::tag_of_result(span);
        let found = found(
            making,
            Place::Checked,
            span,
            Written(move |to: &mut TokenStream| write_spanned!(to, span=> #tag(&__x))),
            warning,
            Written(move |to: &mut TokenStream| write_spanned!(to, span=> __t[()])),
        );
        let held = self.held_across(quote_spanned!(span=> &__k), at);
        let ways = ways(making, at, arguments);
        Expr::Verbatim(decided(extent, value, arm(span, found, held, ways)))
    }
}

/// An expression whose value may be a call.
pub(super) struct ValueOfCall {
    pub(super) value: TokenStream,
    pub(super) extent: Extent,
    /// The span of its arguments.
    pub(super) arguments: Span,
    /// Where lints and messages point.
    pub(super) at: Span,
}

/// The last name of a type that is written as a path.
pub(crate) fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(plain_text(&path.path.segments.last()?.ident)),
        _ => None,
    }
}

/// `f` or `self::f`, with or without generic arguments: a local name or a direct recursion.
fn own_path(path: &Path) -> Option<Ident> {
    let n = path.segments.len();
    let own = n == 1 || n == 2 && path.segments[0].ident == "self";
    (own && path.leading_colon.is_none()).then(|| path.segments[n - 1].ident.clone())
}

pub(super) fn extent(call: &ExprCall) -> Extent {
    Extent::from(&call.func, call.paren_token.span.close())
}

/// Whether the arguments contain a closure, or a macro that may hide one.
pub(super) fn has_closure(call: &ExprCall) -> bool {
    struct Closures(bool);
    impl<'ast> Visit<'ast> for Closures {
        fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {
            self.0 = true;
        }
        fn visit_macro(&mut self, mac: &'ast Macro) {
            self.0 |= mac.tokens.to_string().contains('|');
        }
        fn visit_expr(&mut self, expr: &'ast Expr) {
            visit::visit_expr(self, expr);
        }
    }
    let mut closures = Closures(false);
    call.args
        .iter()
        .for_each(|argument| closures.visit_expr(argument));
    closures.0
}
