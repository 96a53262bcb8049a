//! The lexical scopes of a body: which names are variables, and where they were bound.

use crate::emit::attributes::{is_condition, whole_condition};
use crate::known::is_upper;
use crate::names::plain_text;
use proc_macro2::{Span, TokenStream, TokenTree};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, FieldPat, Fields, Item, Macro, Pat, PatIdent, Stmt, UseName, UseRename,
};

/// The meaning of a name.
#[derive(Clone)]
pub(crate) enum Name {
    /// A variable.
    Variable {
        mutable: bool,
        /// Declared without a value.
        late: bool,
        bound_at: Span,
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
    /// One of two.
    Either(Rc<Either>),
}

/// A name whose meaning a condition decides.
pub(crate) struct Either {
    pub(crate) condition: TokenStream,
    /// Its meaning if the condition holds.
    pub(crate) then: Name,
    /// The meaning that it has without this: `None` if that is the module's.
    pub(crate) otherwise: Option<Name>,
}

impl Name {
    /// The first of its meanings.
    fn first(&self) -> &Name {
        match self {
            Name::Either(either) => either.then.first(),
            certain => certain,
        }
    }

    /// Whether a call of it stays as it is.
    fn is_plain(&self) -> bool {
        matches!(self, Name::Variable { .. } | Name::PlainItem)
    }
}

/// The type of a variable, among those that the walk has written down.
#[derive(Clone, Copy)]
pub(crate) struct OfType(pub(crate) usize);

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
        self.bind_pattern_under(&[], pattern);
    }

    /// The same for a pattern that has attributes of its own.
    pub(crate) fn bind_pattern_under(&mut self, attrs: &[Attribute], pattern: &Pat) {
        for bound in variables_under(attrs, pattern) {
            self.bind_under(bound.condition, bound.name, bound.what);
        }
    }

    /// Binds a name where the condition holds. Elsewhere it keeps the meaning that it has.
    fn bind_under(&mut self, condition: Option<TokenStream>, name: String, then: Name) {
        let Some(condition) = condition else {
            return self.bind(name, then);
        };
        let otherwise = self.find(&name).cloned();
        let is_certain = then.is_plain()
            && match &otherwise {
                Some(Name::Either(other)) => {
                    other.then.is_plain() && are_opposite(&condition, &other.condition)
                }
                Some(before) => before.is_plain(),
                None => false,
            };
        let what = match is_certain {
            true => then,
            false => Name::Either(Rc::new(Either {
                condition,
                then,
                otherwise,
            })),
        };
        self.bind(name, what);
    }

    /// The name if a condition decides about its meaning, and the scope that binds it.
    pub(crate) fn either(&self, name: &str) -> Option<(usize, Rc<Either>)> {
        let at = self.0.iter().rposition(|scope| scope.contains_key(name))?;
        match &self.0[at][name] {
            Name::Either(either) => Some((at, Rc::clone(either))),
            _ => None,
        }
    }

    /// Gives a name another meaning in a scope, or the one that it has around it.
    pub(crate) fn exchange(&mut self, at: usize, name: &str, by: Option<Name>) -> Option<Name> {
        match by {
            Some(by) => self.0[at].insert(name.to_owned(), by),
            None => self.0[at].remove(name),
        }
    }

    /// The same for a `let` without a value.
    pub(crate) fn bind_late(&mut self, attrs: &[Attribute], pattern: &Pat) {
        for mut bound in variables_under(attrs, pattern) {
            if let Name::Variable { late, .. } = &mut bound.what {
                *late = true;
            }
            self.bind_under(bound.condition, bound.name, bound.what);
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
                        false => Name::PlainItem,
                    };
                    let condition = whole_condition(&item.attrs);
                    self.bind_under(condition, plain_text(&item.sig.ident), what);
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
            self.bind_under(whole_condition(attrs), text, Name::PlainItem);
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
                    bound_at: name.span(),
                    of: None,
                };
                self.bind(plain_text(name), bound);
            }
        }
    }

    /// The meaning of the name, or the first of two.
    pub(crate) fn get(&self, name: &str) -> Option<Name> {
        self.find(name).map(|name| name.first().clone())
    }

    /// The variable, if its innermost binding lies at `depth` or deeper.
    pub(crate) fn variable_bound_within(&self, name: &str, depth: usize) -> Option<(bool, Span)> {
        let (at, scope) = self
            .0
            .iter()
            .enumerate()
            .rev()
            .find(|(_, scope)| scope.contains_key(name))?;
        match scope[name].first() {
            Name::Variable {
                mutable, bound_at, ..
            } if at >= depth => Some((*mutable, *bound_at)),
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
    let variables = variables_under(&[], pattern).into_iter();
    variables.map(|bound| bound.name).collect()
}

/// The names that a pattern binds, and whether each is `mut`.
pub(crate) fn names_and_mutability(pattern: &Pat) -> impl Iterator<Item = (String, bool)> {
    let is_mutable = |what| matches!(what, Name::Variable { mutable: true, .. });
    variables_under(&[], pattern)
        .into_iter()
        .map(move |bound| (bound.name, is_mutable(bound.what)))
}

/// A variable of a pattern.
struct Bound {
    condition: Option<TokenStream>,
    name: String,
    what: Name,
}

fn variables_under(attrs: &[Attribute], pattern: &Pat) -> Vec<Bound> {
    let mut binders = Binders {
        bound: Vec::new(),
        around: attrs
            .iter()
            .filter(|attr| is_condition(attr))
            .cloned()
            .collect(),
    };
    binders.visit_pat(pattern);
    binders.bound
}

/// Whether one of two conditions is the other one's `not`.
fn are_opposite(one: &TokenStream, other: &TokenStream) -> bool {
    let (one, other) = (one.to_string(), other.to_string());
    let is_not = |one: &str, other: &str| one == format!("not ({other})");
    is_not(&one, &other) || is_not(&other, &one)
}

/// An upper-case identifier in a pattern is a constant or a unit structure.
pub(crate) fn is_variable(pattern: &PatIdent) -> bool {
    let plain = pattern.by_ref.is_none() && pattern.mutability.is_none();
    !(is_upper(&plain_text(&pattern.ident)) && plain)
}

struct Binders {
    bound: Vec<Bound>,
    /// The conditions of the fields around.
    around: Vec<Attribute>,
}

impl<'ast> Visit<'ast> for Binders {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        if is_variable(pattern) {
            let name = plain_text(&pattern.ident);
            let mutable = pattern.mutability.is_some() && pattern.by_ref.is_none();
            let bound_at = pattern.ident.span();
            let what = Name::Variable {
                mutable,
                late: false,
                bound_at,
                of: None,
            };
            let condition = whole_condition(&self.around);
            self.bound.push(Bound {
                condition,
                name,
                what,
            });
        }
        visit::visit_pat_ident(self, pattern);
    }
    fn visit_field_pat(&mut self, field: &'ast FieldPat) {
        let n_around = self.around.len();
        let conditions = field.attrs.iter().filter(|attr| is_condition(attr));
        self.around.extend(conditions.cloned());
        visit::visit_field_pat(self, field);
        self.around.truncate(n_around);
    }
    fn visit_expr(&mut self, _: &'ast Expr) {}
}
