//! Changes that a child makes to its own copy of a variable, while the surrounding code reads the
//! original.
//!
//! The variables of a group's body move into its children. If the type is `Copy` a copy moves, and
//! `total += 1` in the child is a silently lost update if `total` is read afterwards. Only rustc
//! knows whether the type is `Copy`: the `spawn!` is marked here, and its expansion asks.

use super::captures::{argument_name, scan};
use super::format_args::inline_names;
use crate::analysis::scopes;
use crate::errors::Errors;
use crate::forms::closure;
use crate::forms::form::{EnclosureForm, GroupForm, SpawnForm};
use crate::forms::race::RaceForm;
use crate::forms::select::SelectForm;
use crate::forms::{OurMacro, our_macro};
use crate::known::macros;
use crate::names::{ident, plain_text};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use std::collections::HashMap;
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{
    Arm, BinOp, Block, Expr, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprLit, ExprPath,
    ExprWhile, Item, Lit, Local, Macro, Pat, Type,
};

/// Marks each `spawn!` of a body whose child changes a variable of the body that is used again
/// later.
pub(crate) fn mark(body: &mut Block) {
    let mut walk = Walk::default();
    walk.visit_block(body);
    let lost = walk.lost();
    if lost.iter().any(|names| !names.is_empty()) {
        let mut marks = Marks { lost, n_spawns: 0 };
        marks.visit_block_mut(body);
    }
}

/// Removes the mark from a `spawn!`'s tokens: the names, each with the place of the change.
pub(crate) fn take_mark(tokens: TokenStream) -> (Vec<Ident>, TokenStream) {
    let mut trees = tokens.clone().into_iter();
    let marked = match trees.next() {
        Some(TokenTree::Group(mark)) if mark.delimiter() == Delimiter::None => {
            let mut inside = mark.stream().into_iter();
            let is_mark =
                matches!(inside.next(), Some(TokenTree::Ident(first)) if first == "__vthread_lost");
            is_mark.then(|| inside.collect::<Vec<_>>())
        }
        _ => None,
    };
    let Some(names) = marked else {
        return (Vec::new(), tokens);
    };
    let names = names.into_iter().filter_map(|tree| match tree {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    });
    (names.collect(), trees.collect())
}

struct Marks {
    lost: Vec<Vec<(String, Span)>>,
    n_spawns: usize,
}

impl VisitMut for Marks {
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        if our_macro(mac) != Some(OurMacro::Spawn) {
            return;
        }
        let names = std::mem::take(&mut self.lost[self.n_spawns]);
        self.n_spawns += 1;
        if !names.is_empty() {
            let names = names.iter().map(|(name, at)| ident(name, *at));
            let mark = Group::new(Delimiter::None, quote!(__vthread_lost #(#names)*));
            let tokens = &mac.tokens;
            mac.tokens = quote!(#mark #tokens);
        }
    }
}

/// A `mut` variable of the body.
struct Variable {
    /// The number of the body's loops around it.
    n_loops: usize,
    /// The position of its last use, in the order of the source.
    last_use: usize,
}

/// A variable that a child changes.
struct Change {
    variable: usize,
    name: String,
    at: Span,
}

/// A `spawn!` of the body.
struct Child {
    n_loops: usize,
    changes: Vec<Change>,
    end: usize,
}

impl Child {
    fn new(n_loops: usize) -> Self {
        Child {
            n_loops,
            changes: Vec::new(),
            end: 0,
        }
    }
}

/// One walk in the order of the source. Names that are not `mut` variables of the body map to
/// `None`.
#[derive(Default)]
struct Walk {
    bound: Vec<HashMap<String, Option<usize>>>,
    variables: Vec<Variable>,
    children: Vec<Child>,
    /// Whether the walk is inside the last child.
    in_child: bool,
    n_loops: usize,
    at: usize,
}

impl Walk {
    /// For each `spawn!`, the names whose changes are lost.
    fn lost(self) -> Vec<Vec<(String, Span)>> {
        let Walk {
            children,
            variables,
            ..
        } = self;
        let lost = |child: Child| {
            let is_lost = |change: &Change| {
                let variable = &variables[change.variable];
                variable.last_use > child.end || child.n_loops > variable.n_loops
            };
            let changes = child.changes.into_iter().filter(is_lost);
            changes.map(|change| (change.name, change.at)).collect()
        };
        children.into_iter().map(lost).collect()
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.bound.push(HashMap::new());
        inside(self);
        self.bound.pop();
    }

    fn repeated(&mut self, inside: impl FnOnce(&mut Self)) {
        self.n_loops += 1;
        inside(self);
        self.n_loops -= 1;
    }

    /// Code in which no `spawn!` is marked: changes there are made in place, or are visible
    /// outside.
    fn hidden(&mut self, inside: impl FnOnce(&mut Self)) {
        let n_children = self.children.len();
        let in_child = std::mem::replace(&mut self.in_child, true);
        if !in_child {
            self.children.push(Child::new(self.n_loops));
        }
        inside(self);
        self.in_child = in_child;
        self.children.truncate(n_children);
    }

    fn bind(&mut self, pattern: &Pat) {
        for (name, mutable) in scopes::names_and_mutability(pattern) {
            // Variables of the child itself do not count.
            let variable = (mutable && !self.in_child).then(|| {
                self.variables.push(Variable {
                    n_loops: self.n_loops,
                    last_use: 0,
                });
                self.variables.len() - 1
            });
            if let Some(scope) = self.bound.last_mut() {
                scope.insert(name, variable);
            }
        }
    }

    fn variable(&self, name: &str) -> Option<usize> {
        *self.bound.iter().rev().find_map(|scope| scope.get(name))?
    }

    fn uses(&mut self, name: &str) {
        self.at += 1;
        if let Some(variable) = self.variable(name) {
            self.variables[variable].last_use = self.at;
        }
    }

    /// The place is assigned, or borrowed mutably.
    fn changes(&mut self, place: &Expr) {
        let Some(name) = root(place).map(|ident| (plain_text(ident), ident.span())) else {
            return;
        };
        let Some(variable) = self.variable(&name.0).filter(|_| self.in_child) else {
            return;
        };
        let changes = &mut self.children.last_mut().expect("the walk is in it").changes;
        if !changes.iter().any(|change| change.variable == variable) {
            changes.push(Change {
                variable,
                name: name.0,
                at: name.1,
            });
        }
    }

    fn hygienic(&mut self, which: OurMacro, mac: &Macro) -> Option<()> {
        let at = mac.path.segments[0].ident.span();
        let mut ignored = Errors::default();
        match which {
            OurMacro::Group => {
                let form = GroupForm::parse(mac.tokens.clone(), at, &mut ignored)?;
                // Its children borrow the variables of the surrounding body.
                self.hidden(|walk| walk.visit_block(&form.body));
            }
            OurMacro::Spawn => {
                let form = SpawnForm::parse(mac.tokens.clone(), at, &mut ignored);
                let is_outermost = !self.in_child;
                if is_outermost {
                    self.children.push(Child::new(self.n_loops));
                    self.in_child = true;
                }
                if let Some(form) = &form {
                    self.visit_block(&form.body);
                }
                if is_outermost {
                    self.in_child = false;
                    let end = self.at;
                    self.children.last_mut().expect("it was pushed").end = end;
                }
            }
            // Like a `move` closure, it takes everything that it names.
            OurMacro::Background => {}
            OurMacro::Closure => {
                let closure = closure::parse(mac, &mut ignored)?;
                self.hidden(|walk| walk.visit_expr_closure(&closure));
            }
            OurMacro::Race => {
                let form = RaceForm::parse(mac.tokens.clone(), at, &mut ignored)?;
                self.hidden(|walk| {
                    let outside = [&form.collection].into_iter().chain(&form.otherwise);
                    outside.for_each(|value| walk.visit_expr(value));
                });
            }
            OurMacro::Select => {
                let form = SelectForm::parse(mac.tokens.clone(), &mut ignored)?;
                self.hidden(|walk| {
                    for branch in &form.branches {
                        walk.visit_expr(&branch.body);
                        branch.guard.iter().for_each(|guard| walk.visit_expr(guard));
                        walk.scoped(|walk| {
                            walk.bind(&branch.pattern);
                            walk.visit_expr(&branch.handler);
                        });
                    }
                    let otherwise = form.otherwise.iter();
                    otherwise.for_each(|handler| walk.visit_expr(handler));
                });
            }
            OurMacro::Enclosure(which) => {
                let tokens = mac.tokens.clone();
                let form = EnclosureForm::parse(tokens, which, at, &mut ignored)?;
                self.hidden(|walk| {
                    let values = form.head.values();
                    values.into_iter().for_each(|value| walk.visit_expr(value));
                    walk.visit_block(&form.body);
                });
            }
        }
        Some(())
    }
}

/// The variable that contains a place. The target of a reference is not part of it.
fn root(place: &Expr) -> Option<&Ident> {
    match place {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        Expr::Field(field) => root(&field.base),
        Expr::Index(indexed) => root(&indexed.expr),
        Expr::Paren(inner) => root(&inner.expr),
        Expr::Group(inner) => root(&inner.expr),
        _ => None,
    }
}

fn is_assignment(op: &BinOp) -> bool {
    use BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign,
        ShlAssign, ShrAssign, SubAssign,
    };
    matches!(
        op,
        AddAssign(_) | SubAssign(_) | MulAssign(_) | DivAssign(_) | RemAssign(_)
    ) || matches!(op, BitXorAssign(_) | BitAndAssign(_) | BitOrAssign(_))
        || matches!(op, ShlAssign(_) | ShrAssign(_))
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Assign(assign) => self.changes(&assign.left),
            Expr::Binary(binary) if is_assignment(&binary.op) => self.changes(&binary.left),
            Expr::Reference(reference) if reference.mutability.is_some() => {
                self.changes(&reference.expr);
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if let (None, Some(ident)) = (&path.qself, path.path.get_ident()) {
            self.uses(&plain_text(ident));
        }
    }
    fn visit_item(&mut self, _: &'ast Item) {}
    fn visit_type(&mut self, _: &'ast Type) {}
    fn visit_pat(&mut self, _: &'ast Pat) {}
    fn visit_block(&mut self, block: &'ast Block) {
        self.scoped(|walk| visit::visit_block(walk, block));
    }
    fn visit_local(&mut self, local: &'ast Local) {
        visit::visit_local(self, local);
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
        self.repeated(|walk| {
            walk.scoped(|walk| {
                walk.visit_expr(&expr.cond);
                walk.visit_block(&expr.body);
            });
        });
    }
    fn visit_expr_loop(&mut self, expr: &'ast syn::ExprLoop) {
        self.repeated(|walk| walk.visit_block(&expr.body));
    }
    fn visit_expr_for_loop(&mut self, expr: &'ast ExprForLoop) {
        self.visit_expr(&expr.expr);
        self.repeated(|walk| {
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
        self.scoped(|walk| {
            closure.inputs.iter().for_each(|input| walk.bind(input));
            walk.visit_expr(&closure.body);
        });
    }
    fn visit_macro(&mut self, mac: &'ast Macro) {
        if let Some(which) = our_macro(mac) {
            self.hygienic(which, mac);
            return;
        }
        let Some(arguments) = macros::arguments(mac) else {
            scan(mac.tokens.clone(), &mut |name, _| self.uses(name));
            return;
        };
        self.hidden(|walk| {
            for argument in &arguments {
                match argument {
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(text),
                        ..
                    }) => {
                        let names = inline_names(&text.value());
                        names.iter().for_each(|name| walk.uses(name));
                    }
                    Expr::Assign(assign) if argument_name(argument).is_some() => {
                        walk.visit_expr(&assign.right);
                    }
                    other => walk.visit_expr(other),
                }
            }
        });
    }
}
