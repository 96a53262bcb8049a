//! Changes that a child makes to its own copy of a variable, while the surrounding code reads the
//! original.
//!
//! The variables of a group's body move into its children. If the type is `Copy` a copy moves, and
//! `total += 1` in the child is a silently lost update if `total` is read afterwards. Only rustc
//! knows whether the type is `Copy`: the expansion of the `spawn!` asks.

use super::walk::{Analysis, Part, Walk, walk};
use crate::names::plain_text;
use proc_macro2::{Ident, Span};
use syn::{BinOp, Block, Expr};

/// For each `spawn!` that stands in the body itself, in order: the variables of the body that the
/// child changes and that are used again later, each at its change.
pub(crate) fn of_children(body: &Block) -> Vec<Vec<(String, Span)>> {
    walk(body, Updates::default()).lost()
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

/// The variables and children so far. Names that are not `mut` variables of the body are `None`.
#[derive(Default)]
struct Updates {
    variables: Vec<Variable>,
    children: Vec<Child>,
    /// Whether the walk is inside the last child.
    in_child: bool,
    n_loops: usize,
    at: usize,
}

impl Updates {
    fn lost(self) -> Vec<Vec<(String, Span)>> {
        let Updates {
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

    /// The last child changes a variable.
    fn changes(&mut self, variable: usize, place: &Ident) {
        let changes = &mut self.children.last_mut().expect("the walk is in it").changes;
        if !changes.iter().any(|change| change.variable == variable) {
            changes.push(Change {
                variable,
                name: plain_text(place),
                at: place.span(),
            });
        }
    }
}

/// Code in which no `spawn!` is marked: changes there are made in place, or are visible outside.
fn hidden(walk: &mut Walk<Updates>, inside: impl FnOnce(&mut Walk<Updates>)) {
    let updates = &mut walk.analysis;
    let n_children = updates.children.len();
    let in_child = std::mem::replace(&mut updates.in_child, true);
    if !in_child {
        updates.children.push(Child::new(updates.n_loops));
    }
    inside(walk);
    let updates = &mut walk.analysis;
    updates.in_child = in_child;
    updates.children.truncate(n_children);
}

impl Analysis for Updates {
    type Variable = Option<usize>;

    fn binds(&mut self, is_mutable: bool) -> Option<usize> {
        // Variables of the child itself do not count.
        (is_mutable && !self.in_child).then(|| {
            self.variables.push(Variable {
                n_loops: self.n_loops,
                last_use: 0,
            });
            self.variables.len() - 1
        })
    }

    fn uses(&mut self, _: &str, _: Span, variable: Option<&Option<usize>>) {
        self.at += 1;
        if let Some(&Some(variable)) = variable {
            self.variables[variable].last_use = self.at;
        }
    }

    fn expr(walk: &mut Walk<Self>, expr: &Expr) {
        if !walk.analysis.in_child {
            return;
        }
        let place = match expr {
            Expr::Assign(assign) => root(&assign.left),
            Expr::Binary(binary) if is_assignment(&binary.op) => root(&binary.left),
            Expr::Reference(reference) if reference.mutability.is_some() => root(&reference.expr),
            _ => None,
        };
        if let Some(place) = place {
            if let Some(&Some(variable)) = walk.variable(&plain_text(place)) {
                walk.analysis.changes(variable, place);
            }
        }
    }

    fn part(walk: &mut Walk<Self>, part: Part, inside: impl FnOnce(&mut Walk<Self>)) {
        match part {
            Part::Loop => {
                walk.analysis.n_loops += 1;
                inside(walk);
                walk.analysis.n_loops -= 1;
            }
            Part::Child if !walk.analysis.in_child => {
                let updates = &mut walk.analysis;
                updates.children.push(Child::new(updates.n_loops));
                updates.in_child = true;
                inside(walk);
                let updates = &mut walk.analysis;
                updates.in_child = false;
                updates.children.last_mut().expect("it was pushed").end = updates.at;
            }
            Part::Closure | Part::Child | Part::Runner => inside(walk),
            // A nested group's children borrow the variables of the surrounding body.
            Part::Construct | Part::Background | Part::Arguments => hidden(walk, inside),
        }
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

#[cfg(test)]
mod tests {
    use super::of_children;
    use syn::{Block, parse_quote};

    fn lost(body: &Block) -> Vec<Vec<String>> {
        let names = |child: Vec<(String, _)>| child.into_iter().map(|(name, _)| name).collect();
        of_children(body).into_iter().map(names).collect()
    }

    #[test]
    fn a_change_is_lost_if_the_variable_is_used_later() {
        let none: [Vec<String>; 1] = [Vec::new()];
        let n = [vec!["n".to_owned()]];
        assert_eq!(
            lost(&parse_quote!({
                let mut n = 0;
                spawn! { n += 1; };
            })),
            none
        );
        assert_eq!(
            lost(&parse_quote!({
                let mut n = 0;
                spawn! { n += 1; };
                n
            })),
            n
        );
        assert_eq!(
            lost(&parse_quote!({
                let mut n = 0;
                loop {
                    spawn! { n += 1; };
                }
            })),
            n
        );
        assert_eq!(
            lost(&parse_quote!({
                let mut n = 0;
                spawn! { let mut n = 1; n += 1; };
                n
            })),
            none
        );
    }

    #[test]
    fn a_later_use_in_any_construct_counts() {
        let body = |later: syn::Expr| -> Block {
            parse_quote!({ let mut n = 0; spawn! { n += 1; }; #later })
        };
        for later in [
            parse_quote!(println!("{n}")),
            parse_quote!(unknown!(n)),
            parse_quote!(spawn! { n }),
            parse_quote!(spawn!(name = format!("{n}") => {})),
            parse_quote!(background! { n }),
            parse_quote!(group!(max_concurrency = n => {})),
            parse_quote!(race!(for item in items => { n + item })),
            parse_quote!(timeout!(n => {})),
            parse_quote!(select! { x = f() => n }),
            parse_quote!(closure!(|| n)),
        ] {
            assert_eq!(lost(&body(later))[0], ["n"]);
        }
        assert!(lost(&body(parse_quote!(race!(for n in items => { n }))))[0].is_empty());
    }

    #[test]
    fn a_child_whose_form_is_wrong_is_numbered_too() {
        let body = parse_quote!({
            let mut n = 0;
            spawn!(wrong = 1 => {});
            spawn! { n = 1; };
            n
        });
        assert_eq!(lost(&body), [vec![], vec!["n".to_owned()]]);
    }
}
