//! Does a `loop` ever end? A tail that never ends needs no type.

use crate::errors::Errors;
use crate::forms::form::{EnclosureForm, GroupForm};
use crate::forms::race::RaceForm;
use crate::forms::select::SelectForm;
use crate::forms::{OurMacro, our_macro};
use crate::known::macros;
use syn::visit::{self, Visit};
use syn::{Expr, ExprBreak, ExprClosure, ExprLoop, Ident, Item, Macro};

/// Whether no `break` of its own leaves the loop.
pub(crate) fn is_endless(endless: &ExprLoop) -> bool {
    let mut breaks = Breaks {
        label: endless.label.as_ref().map(|label| &label.name.ident),
        n_loops: 0,
        found: false,
    };
    breaks.visit_block(&endless.body);
    !breaks.found
}

struct Breaks<'a> {
    label: Option<&'a Ident>,
    /// The number of inner loops around the current position.
    n_loops: usize,
    found: bool,
}

impl Breaks<'_> {
    /// A `break` leaves the body of a `group!` and of similar macros, but not a child's body. A
    /// form that does not parse is reported where it is expanded.
    fn hygienic(&mut self, which: OurMacro, mac: &Macro) -> Option<()> {
        let at = mac.path.segments[0].ident.span();
        let tokens = mac.tokens.clone();
        let mut ignored = Errors::default();
        match which {
            OurMacro::Spawn | OurMacro::Background => {}
            OurMacro::Group => {
                let form = GroupForm::parse(tokens, at, &mut ignored)?;
                self.visit_block(&form.body);
            }
            OurMacro::Enclosure(which) => {
                let form = EnclosureForm::parse(tokens, which, at, &mut ignored)?;
                self.visit_block(&form.body);
            }
            // It runs elsewhere.
            OurMacro::Closure => {}
            OurMacro::Race => {
                // Its body belongs to a child.
                let form = RaceForm::parse(tokens, at, &mut ignored)?;
                form.otherwise
                    .iter()
                    .for_each(|handler| self.visit_expr(handler));
            }
            OurMacro::Select => {
                let form = SelectForm::parse(tokens, &mut ignored)?;
                for branch in &form.branches {
                    self.visit_expr(&branch.body);
                    branch.guard.iter().for_each(|guard| self.visit_expr(guard));
                    self.visit_expr(&branch.handler);
                }
                let otherwise = form.otherwise.iter();
                otherwise.for_each(|handler| self.visit_expr(handler));
            }
        }
        Some(())
    }
}

impl<'ast> Visit<'ast> for Breaks<'_> {
    fn visit_expr_break(&mut self, jump: &'ast ExprBreak) {
        self.found |= match &jump.label {
            None => self.n_loops == 0,
            Some(label) => self.label == Some(&label.ident),
        };
        visit::visit_expr_break(self, jump);
    }
    fn visit_expr(&mut self, expr: &'ast Expr) {
        let is_loop = matches!(expr, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_));
        self.n_loops += usize::from(is_loop);
        visit::visit_expr(self, expr);
        self.n_loops -= usize::from(is_loop);
    }
    fn visit_item(&mut self, _: &'ast Item) {}
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_macro(&mut self, mac: &'ast Macro) {
        if let Some(which) = our_macro(mac) {
            self.hygienic(which, mac);
            return;
        }
        match macros::arguments(mac) {
            Some(arguments) => arguments
                .iter()
                .for_each(|argument| self.visit_expr(argument)),
            // An unknown macro may hide one.
            None => self.found |= mac.tokens.to_string().contains("break"),
        }
    }
}
