//! An ordinary closure in a vthread body: it is plain code, in which calls block.

use super::control_flow::JumpScope;
use super::macro_fragments::Fragments;
use super::{Lowering, for_loop};
use syn::ExprClosure;
use syn::visit_mut::VisitMut;

impl Lowering {
    /// Rewrites the closure's body: nothing in it suspends, and no jump leaves it.
    pub(super) fn closure(&mut self, closure: &mut ExprClosure) {
        if closure.asyncness.is_some() {
            return Fragments.visit_expr_closure_mut(closure);
        }
        let in_frame = std::mem::replace(&mut self.in_frame, false);
        let n_untyped = self.untyped.len();
        self.untyped.extend(for_loop::untyped(&closure.inputs));
        self.framed(Some(JumpScope::Closure), |body| {
            body.scoped(|body| {
                closure
                    .inputs
                    .iter()
                    .for_each(|input| body.scopes.bind_pattern(input));
                body.visit_expr_mut(&mut closure.body);
            });
        });
        self.untyped.truncate(n_untyped);
        self.in_frame = in_frame;
    }
}
