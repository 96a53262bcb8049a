//! The lexical scopes of a body: which names are variables, and where they were bound.

use crate::emit::attributes::is_condition;
use crate::known::is_upper;
use crate::names::plain_text;
use proc_macro2::{Span, TokenTree};
use std::collections::{HashMap, HashSet};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Fields, Item, Macro, Pat, PatIdent, Stmt, UseName, UseRename};

/// The meaning of a name.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Name {
    /// A variable.
    Variable {
        mutable: bool,
        /// Declared without a value.
        late: bool,
        bound_at: Span2,
        of: Option<OfType>,
    },
    /// The handle of a group of this function.
    Handle,
    /// A plain function of the body.
    PlainItem,
    /// A `#[vthread]` function of the body.
    VthreadItem,
    /// Imported in the body: like a name from outside.
    Import,
}

/// The type of a variable, among those that the walk has written down.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct OfType(pub(crate) usize);

/// A span that comparisons ignore.
#[derive(Clone, Copy)]
pub(crate) struct Span2(pub(crate) Span);
impl PartialEq for Span2 {
    fn eq(&self, _: &Span2) -> bool {
        true
    }
}

/// The scopes open at this point, outermost first, and what is known of each name in them.
pub(crate) struct Scopes<V = Name>(Vec<HashMap<String, V>>);

impl<V> Scopes<V> {
    pub(crate) fn new() -> Self {
        Scopes(vec![HashMap::new()])
    }

    pub(crate) fn open(&mut self) {
        self.0.push(HashMap::new());
    }

    pub(crate) fn close(&mut self) {
        self.0.pop();
    }

    pub(crate) fn depth(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn bind(&mut self, name: String, what: V) {
        self.0
            .last_mut()
            .expect("a scope is open")
            .insert(name, what);
    }

    /// The innermost binding of the name.
    pub(crate) fn find(&self, name: &str) -> Option<&V> {
        self.0.iter().rev().find_map(|scope| scope.get(name))
    }
}

impl Scopes {
    /// Binds every variable of a pattern.
    pub(crate) fn bind_pattern(&mut self, pattern: &Pat) {
        for (name, what) in variables(pattern) {
            self.bind(name, what);
        }
    }

    /// The same for a `let` without a value.
    pub(crate) fn bind_late(&mut self, pattern: &Pat) {
        for (name, mut what) in variables(pattern) {
            if let Name::Variable { late, .. } = &mut what {
                *late = true;
            }
            self.bind(name, what);
        }
    }

    /// Gives a variable of the innermost scope its type.
    pub(crate) fn give_type(&mut self, name: &str, ty: OfType) {
        let scope = self.0.last_mut().expect("a scope is open");
        if let Some(Name::Variable { of, .. }) = scope.get_mut(name) {
            *of = Some(ty);
        }
    }

    /// Items are visible in their whole block, also above their definition.
    pub(crate) fn bind_items(&mut self, block: &Block) {
        for statement in &block.stmts {
            match statement {
                Stmt::Item(Item::Fn(item)) => {
                    let what = match crate::known::attributes::is_vthread(&item.attrs) {
                        true => Name::VthreadItem,
                        // Its condition may not hold, and the name then comes from outside.
                        false if item.attrs.iter().any(is_condition) => Name::Import,
                        false => Name::PlainItem,
                    };
                    self.bind(plain_text(&item.sig.ident), what);
                }
                Stmt::Item(Item::Use(item)) => Imports(self).visit_item_use(item),
                Stmt::Item(item) => self.bind_value(item),
                _ => {}
            }
        }
    }

    /// An item that can be called, and whose name may be that of a function.
    fn bind_value(&mut self, item: &Item) {
        let (name, attrs) = match item {
            Item::Const(item) => (&item.ident, &item.attrs),
            Item::Static(item) => (&item.ident, &item.attrs),
            Item::Struct(item) if matches!(item.fields, Fields::Unnamed(_)) => {
                (&item.ident, &item.attrs)
            }
            _ => return,
        };
        let text = plain_text(name);
        if !is_upper(&text) {
            let what = match attrs.iter().any(is_condition) {
                true => Name::Import,
                false => Name::PlainItem,
            };
            self.bind(text, what);
        }
    }

    /// Binds every variable of a `let` whose condition may not hold: then the name may be that of a
    /// function around, which `suspends`. Where another such `let` stands before, one of them
    /// holds.
    pub(crate) fn bind_conditional(&mut self, pattern: &Pat, suspends: impl Fn(&str) -> bool) {
        for (name, what) in variables(pattern) {
            let has_another = match self.get(&name) {
                Some(Name::Variable { .. }) => true,
                _ => self.0.last().is_some_and(|own| own.contains_key(&name)),
            };
            let is_certain = has_another || !suspends(&name);
            self.bind(name, if is_certain { what } else { Name::Import });
        }
    }

    /// The closures that an unknown macro seems to bind: `declared!(f = |n| n)`.
    pub(crate) fn bind_closures(&mut self, mac: &Macro) {
        let trees: Vec<TokenTree> = mac.tokens.clone().into_iter().collect();
        let is_punct = |at: usize, sign: char| matches!(trees.get(at), Some(TokenTree::Punct(it)) if it.as_char() == sign);
        for (at, tree) in trees.iter().enumerate() {
            let TokenTree::Ident(name) = tree else {
                continue;
            };
            let moves = matches!(trees.get(at + 2), Some(TokenTree::Ident(it)) if it == "move");
            if is_punct(at + 1, '=') && is_punct(at + 2 + usize::from(moves), '|') {
                let bound = Name::Variable {
                    mutable: false,
                    late: false,
                    bound_at: Span2(name.span()),
                    of: None,
                };
                self.bind(plain_text(name), bound);
            }
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Name> {
        self.find(name).copied()
    }

    /// The variable, if its innermost binding lies at `depth` or deeper.
    pub(crate) fn variable_bound_within(&self, name: &str, depth: usize) -> Option<(bool, Span)> {
        let (at, scope) = self
            .0
            .iter()
            .enumerate()
            .rev()
            .find(|(_, scope)| scope.contains_key(name))?;
        match scope[name] {
            Name::Variable {
                mutable, bound_at, ..
            } if at >= depth => Some((mutable, bound_at.0)),
            _ => None,
        }
    }
}

struct Imports<'a>(&'a mut Scopes);

impl Visit<'_> for Imports<'_> {
    fn visit_use_name(&mut self, name: &UseName) {
        self.0.bind(plain_text(&name.ident), Name::Import);
    }
    fn visit_use_rename(&mut self, name: &UseRename) {
        self.0.bind(plain_text(&name.rename), Name::Import);
    }
}

/// The names that a pattern binds.
pub(crate) fn names(pattern: &Pat) -> HashSet<String> {
    variables(pattern)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

/// The names that a pattern binds, and whether each is `mut`.
pub(crate) fn names_and_mutability(pattern: &Pat) -> impl Iterator<Item = (String, bool)> {
    variables(pattern)
        .into_iter()
        .map(|(name, what)| (name, matches!(what, Name::Variable { mutable: true, .. })))
}

fn variables(pattern: &Pat) -> Vec<(String, Name)> {
    let mut binders = Binders(Vec::new());
    binders.visit_pat(pattern);
    binders.0
}

/// An upper-case identifier in a pattern is a constant or a unit structure.
pub(crate) fn is_variable(pattern: &PatIdent) -> bool {
    let plain = pattern.by_ref.is_none() && pattern.mutability.is_none();
    !(is_upper(&plain_text(&pattern.ident)) && plain)
}

struct Binders(Vec<(String, Name)>);

impl<'ast> Visit<'ast> for Binders {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        if is_variable(pattern) {
            let name = plain_text(&pattern.ident);
            let mutable = pattern.mutability.is_some() && pattern.by_ref.is_none();
            let bound_at = Span2(pattern.ident.span());
            let what = Name::Variable {
                mutable,
                late: false,
                bound_at,
                of: None,
            };
            self.0.push((name, what));
        }
        visit::visit_pat_ident(self, pattern);
    }
    fn visit_expr(&mut self, _: &'ast Expr) {}
}
