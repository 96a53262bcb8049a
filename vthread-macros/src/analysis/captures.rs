//! Which of the surrounding variables a child uses: one scoped walk over the child's body.

use super::format_args::inline_names;
use crate::analysis::scopes;
use crate::errors::Errors;
use crate::forms::closure;
use crate::forms::form::{BackgroundForm, EnclosureForm, GroupForm, SpawnForm};
use crate::forms::race::RaceForm;
use crate::forms::select::SelectForm;
use crate::forms::{OurMacro, our_macro};
use crate::known::macros;
use crate::names::plain_text;
use proc_macro2::{Span, TokenStream, TokenTree};
use std::collections::HashSet;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    Arm, Block, Expr, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprLit, ExprPath, ExprWhile,
    Item, Lit, Local, Macro, Pat, Token, Type,
};

/// The free names of a body for which `is_captured` holds, each at its first use.
pub(crate) fn free_names(body: &Block, is_captured: &dyn Fn(&str) -> bool) -> Vec<(String, Span)> {
    let mut walk = Free {
        is_captured,
        bound: vec![HashSet::new()],
        found: Vec::new(),
    };
    walk.visit_block(body);
    walk.found
}

struct Free<'a> {
    is_captured: &'a dyn Fn(&str) -> bool,
    bound: Vec<HashSet<String>>,
    found: Vec<(String, Span)>,
}

impl Free<'_> {
    fn uses(&mut self, name: &str, at: Span) {
        let is_bound = self.bound.iter().any(|scope| scope.contains(name));
        if !is_bound
            && (self.is_captured)(name)
            && !self.found.iter().any(|(found, _)| found == name)
        {
            self.found.push((name.to_owned(), at));
        }
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.bound.push(HashSet::new());
        inside(self);
        self.bound.pop();
    }

    fn bind_names(&mut self, names: impl IntoIterator<Item = String>) {
        self.bound
            .last_mut()
            .expect("a scope is open")
            .extend(names);
    }

    fn bind(&mut self, pattern: &Pat) {
        self.bind_names(scopes::names(pattern));
    }

    fn uses_in_format(&mut self, format: &str, named: &[String], at: Span) {
        for name in inline_names(format) {
            if !named.contains(&name) {
                self.uses(&name, at);
            }
        }
    }

    /// The arguments of a formatting macro of std's.
    fn format_arguments(&mut self, arguments: &Punctuated<Expr, Token![,]>) {
        let named: Vec<String> = arguments.iter().filter_map(argument_name).collect();
        for argument in arguments {
            match argument {
                Expr::Assign(assign) => self.visit_expr(&assign.right),
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => {
                    self.uses_in_format(&text.value(), &named, text.span());
                }
                other => self.visit_expr(other),
            }
        }
    }

    /// A nested `group!` or `spawn!`. Errors in its form are reported where it is expanded.
    fn hygienic(&mut self, which: OurMacro, mac: &Macro) -> Option<()> {
        let at = mac.path.segments[0].ident.span();
        let mut ignored = Errors::default();
        match which {
            OurMacro::Group => {
                let form = GroupForm::parse(mac.tokens.clone(), at, &mut ignored)?;
                form.max_concurrency
                    .iter()
                    .chain(&form.name)
                    .chain(&form.grace)
                    .for_each(|option| self.visit_expr(option));
                self.scoped(|walk| {
                    walk.bind_names(form.handle.iter().map(plain_text));
                    walk.visit_block(&form.body);
                });
            }
            OurMacro::Spawn => {
                let form = SpawnForm::parse(mac.tokens.clone(), at, &mut ignored)?;
                form.name.iter().for_each(|option| self.visit_expr(option));
                if let Some(handle) = &form.handle {
                    self.uses(&plain_text(handle), handle.span());
                }
                self.visit_block(&form.body);
            }
            OurMacro::Background => {
                let form = BackgroundForm::parse(mac.tokens.clone(), at, &mut ignored)?;
                form.name.iter().for_each(|option| self.visit_expr(option));
                self.visit_block(&form.body);
            }
            OurMacro::Select => {
                let form = SelectForm::parse(mac.tokens.clone(), &mut ignored)?;
                for branch in &form.branches {
                    self.visit_expr(&branch.body);
                    branch.guard.iter().for_each(|guard| self.visit_expr(guard));
                    self.scoped(|walk| {
                        walk.bind(&branch.pattern);
                        walk.visit_expr(&branch.handler);
                    });
                }
                form.otherwise
                    .iter()
                    .for_each(|handler| self.visit_expr(handler));
            }
            OurMacro::Closure => {
                let closure = closure::parse(mac, &mut ignored)?;
                self.visit_expr_closure(&closure);
            }
            OurMacro::Race => {
                let form = RaceForm::parse(mac.tokens.clone(), at, &mut ignored)?;
                let outside = form.max_concurrency.iter().chain(&form.name);
                outside
                    .chain([&form.collection])
                    .chain(&form.otherwise)
                    .for_each(|value| self.visit_expr(value));
                self.scoped(|walk| {
                    walk.bind(&form.pattern);
                    walk.visit_block(&form.body);
                });
            }
            OurMacro::Enclosure(which) => {
                let tokens = mac.tokens.clone();
                let form = EnclosureForm::parse(tokens, which, at, &mut ignored)?;
                let values = form.head.values().into_iter();
                values.for_each(|value| self.visit_expr(value));
                self.visit_block(&form.body);
            }
        }
        Some(())
    }
}

/// An unknown macro: every identifier in it counts, unless its position rules it out.
pub(crate) fn scan(tokens: TokenStream, uses: &mut dyn FnMut(&str, Span)) {
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

/// The name in `name = value`, an argument of a formatting macro.
pub(crate) fn argument_name(argument: &Expr) -> Option<String> {
    let Expr::Assign(assign) = argument else {
        return None;
    };
    let Expr::Path(path) = &*assign.left else {
        return None;
    };
    path.path.get_ident().map(plain_text)
}

impl<'ast> Visit<'ast> for Free<'_> {
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
            block
                .stmts
                .iter()
                .for_each(|statement| walk.visit_stmt(statement))
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
    fn visit_expr_while(&mut self, expr: &'ast ExprWhile) {
        self.scoped(|walk| {
            walk.visit_expr(&expr.cond);
            walk.visit_block(&expr.body);
        });
    }
    fn visit_expr_for_loop(&mut self, expr: &'ast ExprForLoop) {
        self.visit_expr(&expr.expr);
        self.scoped(|walk| {
            walk.bind(&expr.pat);
            walk.visit_block(&expr.body);
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
        self.scoped(|walk| {
            closure.inputs.iter().for_each(|input| walk.bind(input));
            walk.visit_expr(&closure.body);
        });
    }
    fn visit_macro(&mut self, mac: &'ast Macro) {
        if let Some(which) = our_macro(mac) {
            if self.hygienic(which, mac).is_some() {
                return;
            }
        }
        match macros::arguments(mac) {
            Some(arguments) => self.format_arguments(&arguments),
            None => scan(mac.tokens.clone(), &mut |name, at| self.uses(name, at)),
        }
        visit::visit_path(self, &mac.path);
    }
}
