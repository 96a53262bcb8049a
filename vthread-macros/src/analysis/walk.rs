//! The one scoped walk over a body: what its names refer to, what it repeats, and what runs
//! elsewhere.
//!
//! It follows the scopes of Rust's expressions, and knows the forms of our macros and the arguments
//! of std's, so that an analysis says only what it looks for.

use super::format_args::inline_names;
use super::scopes::{self, Scopes};
use crate::errors::Errors;
use crate::forms::closure;
use crate::forms::form::{BackgroundForm, EnclosureForm, GroupForm, SpawnForm};
use crate::forms::race::RaceForm;
use crate::forms::select::SelectForm;
use crate::forms::{OurMacro, our_macro};
use crate::known::macros;
use crate::names::plain_text;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    Arm, Block, Expr, ExprAsync, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprLit, ExprLoop,
    ExprPath, ExprWhile, Item, Lit, Local, Macro, Pat, Token, Type,
};

/// What an analysis looks for.
pub(crate) trait Analysis: Sized {
    /// What it remembers of a variable that the body binds.
    type Variable;

    fn binds(&mut self, is_mutable: bool) -> Self::Variable;

    /// A name is used: the body's variable, or a name from outside.
    fn uses(&mut self, _name: &str, _at: Span, _variable: Option<&Self::Variable>) {}

    /// An expression, before its parts.
    fn expr(_walk: &mut Walk<Self>, _expr: &Expr) {}

    /// A part of the body: walks over it, or passes it over.
    fn part(walk: &mut Walk<Self>, _part: Part, inside: impl FnOnce(&mut Walk<Self>)) {
        inside(walk);
    }

    /// A macro whose arguments are unknown: every name in it may be used.
    fn unknown_macro(walk: &mut Walk<Self>, mac: &Macro) {
        scan(mac.tokens.clone(), &mut |name, at| walk.uses(name, at));
    }
}

/// A part of a body that is not run once, in place and in order.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// What a loop repeats.
    Loop,
    /// The body of a closure, or an async block.
    Closure,
    /// The body of a `spawn!`.
    Child,
    /// The body of a `background!`.
    Background,
    /// The body of a `race!`, which is a child's.
    Runner,
    /// All that one of our other macros contains.
    Construct,
    /// The arguments of a macro whose arguments are known.
    Arguments,
}

/// The state of a walk.
pub(crate) struct Walk<A: Analysis> {
    pub(crate) analysis: A,
    scopes: Scopes<A::Variable>,
}

/// Walks over a body, in the order of the source.
pub(crate) fn walk<A: Analysis>(body: &Block, analysis: A) -> A {
    let scopes = Scopes::new();
    let mut walk = Walk { analysis, scopes };
    walk.visit_block(body);
    walk.analysis
}

impl<A: Analysis> Walk<A> {
    /// The variable of the body that a name refers to.
    pub(crate) fn variable(&self, name: &str) -> Option<&A::Variable> {
        self.scopes.find(name)
    }

    fn uses(&mut self, name: &str, at: Span) {
        self.analysis.uses(name, at, self.scopes.find(name));
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.open();
        inside(self);
        self.scopes.close();
    }

    fn bind(&mut self, pattern: &Pat) {
        for (name, is_mutable) in scopes::names_and_mutability(pattern) {
            let variable = self.analysis.binds(is_mutable);
            self.scopes.bind(name, variable);
        }
    }

    fn bind_handle(&mut self, handle: &Ident) {
        let variable = self.analysis.binds(false);
        self.scopes.bind(plain_text(handle), variable);
    }

    fn all<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|expr| self.visit_expr(expr));
    }

    /// One of our macros. Errors in its form are reported where it is expanded.
    fn our_macro(&mut self, which: OurMacro, mac: &Macro) -> Option<()> {
        let at = mac.path.segments[0].ident.span();
        let tokens = mac.tokens.clone();
        let mut ignored = Errors::default();
        match which {
            OurMacro::Group => {
                let form = GroupForm::parse(tokens, at, &mut ignored)?;
                A::part(self, Part::Construct, |walk| {
                    let options = form.max_concurrency.iter().chain(&form.name);
                    walk.all(options.chain(&form.grace));
                    walk.scoped(|walk| {
                        form.handle.iter().for_each(|it| walk.bind_handle(it));
                        walk.visit_block(&form.body);
                    });
                });
            }
            OurMacro::Spawn => {
                let form = SpawnForm::parse(tokens, at, &mut ignored);
                if let Some(form) = &form {
                    self.all(&form.name);
                    let handle = form.handle.iter();
                    handle.for_each(|it| self.uses(&plain_text(it), it.span()));
                }
                // It is a child also where its form is wrong: analyses number the children.
                let body = form.iter().map(|form| &form.body);
                A::part(self, Part::Child, |walk| {
                    body.for_each(|body| walk.visit_block(body));
                });
                form?;
            }
            OurMacro::Background => {
                let form = BackgroundForm::parse(tokens, at, &mut ignored)?;
                self.all(&form.name);
                A::part(self, Part::Background, |walk| walk.visit_block(&form.body));
            }
            OurMacro::Select => {
                let form = SelectForm::parse(tokens, &mut ignored)?;
                A::part(self, Part::Construct, |walk| {
                    for branch in &form.branches {
                        walk.visit_expr(&branch.body);
                        walk.all(&branch.guard);
                        walk.scoped(|walk| {
                            walk.bind(&branch.pattern);
                            walk.visit_expr(&branch.handler);
                        });
                    }
                    walk.all(&form.otherwise);
                });
            }
            OurMacro::Closure => {
                let closure = closure::parse(mac, &mut ignored)?;
                A::part(self, Part::Construct, |walk| {
                    walk.visit_expr_closure(&closure);
                });
            }
            OurMacro::Race => {
                let form = RaceForm::parse(tokens, at, &mut ignored)?;
                A::part(self, Part::Construct, |walk| {
                    walk.all(form.max_concurrency.iter().chain(&form.name));
                    walk.all([&form.collection].into_iter().chain(&form.otherwise));
                    walk.scoped(|walk| {
                        walk.bind(&form.pattern);
                        A::part(walk, Part::Runner, |walk| walk.visit_block(&form.body));
                    });
                });
            }
            OurMacro::Enclosure(which) => {
                let form = EnclosureForm::parse(tokens, which, at, &mut ignored)?;
                A::part(self, Part::Construct, |walk| {
                    walk.all(form.head.values());
                    walk.visit_block(&form.body);
                });
            }
        }
        Some(())
    }

    /// The arguments of a macro of std's. A text in them may name variables.
    fn arguments(&mut self, arguments: &Punctuated<Expr, Token![,]>) {
        let named: Vec<String> = arguments.iter().filter_map(argument_name).collect();
        for argument in arguments {
            match argument {
                Expr::Assign(assign) if argument_name(argument).is_some() => {
                    self.visit_expr(&assign.right);
                }
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => {
                    let names = inline_names(&text.value()).into_iter();
                    names
                        .filter(|name| !named.contains(name))
                        .for_each(|name| self.uses(&name, text.span()));
                }
                other => self.visit_expr(other),
            }
        }
    }
}

/// The name in `name = value`, an argument of a formatting macro.
fn argument_name(argument: &Expr) -> Option<String> {
    let Expr::Assign(assign) = argument else {
        return None;
    };
    let Expr::Path(path) = &*assign.left else {
        return None;
    };
    path.path.get_ident().map(plain_text)
}

/// Every identifier of the tokens of an unknown macro, unless its position rules it out.
fn scan(tokens: TokenStream, uses: &mut dyn FnMut(&str, Span)) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |at: usize| match trees.get(at) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    for (at, tree) in trees.iter().enumerate() {
        let before = |n: usize| at.checked_sub(n).and_then(&punct);
        match tree {
            TokenTree::Group(group) => scan(group.stream(), uses),
            TokenTree::Literal(literal) => {
                if let Ok(Lit::Str(text)) = syn::parse2(TokenTree::Literal(literal.clone()).into())
                {
                    for name in inline_names(&text.value()) {
                        uses(&name, literal.span());
                    }
                }
            }
            TokenTree::Ident(ident) => {
                let is_member = before(1) == Some('.') && before(2) != Some('.');
                let in_path = (before(1) == Some(':') && before(2) == Some(':'))
                    || (punct(at + 1) == Some(':') && punct(at + 2) == Some(':'));
                let is_macro = punct(at + 1) == Some('!') && punct(at + 2) != Some('=');
                let is_lifetime = before(1) == Some('\'');
                if !(is_member || in_path || is_macro || is_lifetime) {
                    uses(&plain_text(ident), ident.span());
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

impl<'ast, A: Analysis> Visit<'ast> for Walk<A> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        A::expr(self, expr);
        visit::visit_expr(self, expr);
    }
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if let (None, Some(ident)) = (&path.qself, path.path.get_ident()) {
            self.uses(&plain_text(ident), ident.span());
        }
    }
    fn visit_item(&mut self, _: &'ast Item) {}
    fn visit_type(&mut self, _: &'ast Type) {}
    fn visit_pat(&mut self, _: &'ast Pat) {}
    fn visit_block(&mut self, block: &'ast Block) {
        self.scoped(|walk| {
            let statements = block.stmts.iter();
            statements.for_each(|statement| walk.visit_stmt(statement));
        });
    }
    fn visit_local(&mut self, local: &'ast Local) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, otherwise)) = &init.diverge {
                self.visit_expr(otherwise);
            }
        }
        self.bind(&local.pat);
    }
    fn visit_expr_let(&mut self, condition: &'ast ExprLet) {
        self.visit_expr(&condition.expr);
        self.bind(&condition.pat);
    }
    fn visit_expr_if(&mut self, expr: &'ast ExprIf) {
        self.scoped(|walk| {
            walk.visit_expr(&expr.cond);
            walk.visit_block(&expr.then_branch);
        });
        if let Some((_, otherwise)) = &expr.else_branch {
            self.visit_expr(otherwise);
        }
    }
    fn visit_expr_loop(&mut self, expr: &'ast ExprLoop) {
        A::part(self, Part::Loop, |walk| walk.visit_block(&expr.body));
    }
    fn visit_expr_while(&mut self, expr: &'ast ExprWhile) {
        A::part(self, Part::Loop, |walk| {
            walk.scoped(|walk| {
                walk.visit_expr(&expr.cond);
                walk.visit_block(&expr.body);
            });
        });
    }
    fn visit_expr_for_loop(&mut self, expr: &'ast ExprForLoop) {
        self.visit_expr(&expr.expr);
        A::part(self, Part::Loop, |walk| {
            walk.scoped(|walk| {
                walk.bind(&expr.pat);
                walk.visit_block(&expr.body);
            });
        });
    }
    fn visit_arm(&mut self, arm: &'ast Arm) {
        self.scoped(|walk| {
            walk.bind(&arm.pat);
            if let Pat::Guard(guarded) = &arm.pat {
                walk.visit_expr(&guarded.guard);
            }
            walk.visit_expr(&arm.body);
        });
    }
    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        A::part(self, Part::Closure, |walk| {
            walk.scoped(|walk| {
                closure.inputs.iter().for_each(|input| walk.bind(input));
                walk.visit_expr(&closure.body);
            });
        });
    }
    fn visit_expr_async(&mut self, body: &'ast ExprAsync) {
        A::part(self, Part::Closure, |walk| walk.visit_block(&body.block));
    }
    fn visit_macro(&mut self, mac: &'ast Macro) {
        if let Some(which) = our_macro(mac) {
            if self.our_macro(which, mac).is_some() {
                return;
            }
        }
        match macros::arguments(mac) {
            Some(arguments) => {
                A::part(self, Part::Arguments, |walk| walk.arguments(&arguments));
            }
            None => A::unknown_macro(self, mac),
        }
    }
}
