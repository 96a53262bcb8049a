//! Does a `loop` ever end? A tail that never ends needs no type.

use super::walk::{Analysis, Part, Walk, walk};
use syn::{Expr, ExprLoop, Ident, Macro};

/// Whether no `break` of its own leaves the loop.
pub(crate) fn is_endless(endless: &ExprLoop) -> bool {
    let breaks = Breaks {
        label: endless.label.as_ref().map(|label| &label.name.ident),
        n_loops: 0,
        found: false,
    };
    !walk(&endless.body, breaks).found
}

struct Breaks<'a> {
    label: Option<&'a Ident>,
    /// The number of inner loops around the current position.
    n_loops: usize,
    found: bool,
}

impl Analysis for Breaks<'_> {
    type Variable = ();

    fn binds(&mut self, _: bool) {}

    fn expr(walk: &mut Walk<Self>, expr: &Expr) {
        if let Expr::Break(jump) = expr {
            let breaks = &mut walk.analysis;
            breaks.found |= match &jump.label {
                None => breaks.n_loops == 0,
                Some(label) => breaks.label == Some(&label.ident),
            };
        }
    }

    fn part(walk: &mut Walk<Self>, part: Part, inside: impl FnOnce(&mut Walk<Self>)) {
        match part {
            Part::Loop => {
                walk.analysis.n_loops += 1;
                inside(walk);
                walk.analysis.n_loops -= 1;
            }
            // A `break` in them is not the loop's.
            Part::Closure | Part::Child | Part::Background | Part::Runner => {}
            Part::Construct | Part::Arguments => inside(walk),
        }
    }

    /// It may hide one.
    fn unknown_macro(walk: &mut Walk<Self>, mac: &Macro) {
        walk.analysis.found |= mac.tokens.to_string().contains("break");
    }
}
