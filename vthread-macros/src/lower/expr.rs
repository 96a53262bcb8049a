//! The walk over a body: how each expression is rewritten, and which ones are left alone.

use super::Lowering;
use super::macro_fragments;
use super::macro_fragments::Fragments;
use crate::analysis::indexed_places;
use crate::analysis::scopes::Name;
use crate::analysis::tail;
use crate::emit::attributes;
use crate::emit::call::{Extent, dead, foreign, in_place, outer};
use crate::emit::parens;
use crate::errors::{self};
use crate::forms::{OurMacro, our_macro};
use crate::item::function;
use crate::lower::control_flow::JumpScope;
use crate::names::{self, hygienic};
use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprAwait, ExprIf, ExprMacro, ExprMatch, ExprTry, ExprWhile,
    GenericArgument, Item, Label, Pat, Type, UnOp,
};

impl VisitMut for Lowering {
    // Types, patterns and attributes contain no calls of the body; constants in them are not
    // rewritten.
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_pat_mut(&mut self, _: &mut Pat) {}
    fn visit_generic_argument_mut(&mut self, _: &mut GenericArgument) {}
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}

    fn visit_item_mut(&mut self, item: &mut Item) {
        if let Item::Fn(function) = item {
            if let Some(attribute) = crate::known::attributes::take_attribute(function) {
                *item = Item::Verbatim(function::expand_nested(&attribute, function.clone()));
                return;
            }
        }
        Fragments.visit_item_mut(item);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.block(block);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Group(group) = expr {
            let (leaf, is_ending) = (tail::marked(group).cloned(), tail::is_ending(group));
            if is_ending || leaf.is_some() {
                let mut inner = leaf.unwrap_or_else(|| (*group.expr).clone());
                let attrs = attributes::take(&mut inner);
                let is_covered = std::mem::replace(&mut self.is_covered, false);
                self.is_expected = false;
                *expr = match is_ending {
                    true => self.ending(inner),
                    false => self.leaf(inner),
                };
                self.is_covered = is_covered;
                return attributes::give(expr, attrs);
            }
        }
        let attrs = attributes::take(expr);
        self.bare_expr(expr);
        attributes::give(expr, attrs);
    }
}

pub(crate) fn label_text(label: &Label) -> String {
    label.name.ident.to_string()
}

impl Lowering {
    /// Rewrites an expression whose attributes have been removed.
    fn bare_expr(&mut self, expr: &mut Expr) {
        // Forms whose value is the value of a part pass `is_used` down.
        let hands_down = matches!(
            expr,
            Expr::If(_)
                | Expr::Match(_)
                | Expr::Block(_)
                | Expr::Unsafe(_)
                | Expr::Macro(_)
                | Expr::Group(_)
        ) || matches!(expr, Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_));
        let is_used = std::mem::replace(&mut self.is_used, true) || !hands_down;
        let is_expected = std::mem::take(&mut self.is_expected);
        if !self.held.is_empty() {
            self.hands_on_parts(expr);
        }
        let is_covered = self.is_covered;
        self.is_covered &= is_operation(expr);
        match expr {
            Expr::Group(group) => {
                (self.is_used, self.is_expected) = (is_used, is_expected);
                self.visit_expr_mut(&mut group.expr);
                if let Some(parenthesized) = macro_fragments::parenthesized(group) {
                    *expr = parenthesized;
                }
            }
            Expr::Binary(binary) => {
                self.part(&mut binary.left);
                match parens::is_assignment(&binary.op) {
                    true => self.visit_expr_mut(&mut binary.right),
                    false => self.part(&mut binary.right),
                }
            }
            Expr::Field(field) => self.part(&mut field.base),
            Expr::Cast(cast) => self.part(&mut cast.expr),
            Expr::Range(range) => {
                let ends = [&mut range.start, &mut range.end];
                ends.into_iter().flatten().for_each(|end| self.part(end));
            }
            Expr::Assign(assign) => {
                self.first_value(&assign.left);
                let end = Extent::of(&assign.right).end;
                self.visit_expr_mut(&mut assign.left);
                self.visit_expected(&mut assign.right);
                parens::of_assignment(&mut assign.right, end);
            }
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => self.jump(expr),
            Expr::Try(attempt) => self.attempt(attempt, true),
            Expr::Await(awaited) => {
                if let Some(rewritten) = self.user_await(awaited) {
                    *expr = rewritten;
                }
            }
            Expr::Call(call) => {
                if let Some(rewritten) = self.call(call, is_expected) {
                    *expr = rewritten;
                }
            }
            Expr::MethodCall(call) => {
                if let Some(rewritten) = self.method(call, is_expected) {
                    *expr = rewritten;
                }
            }
            Expr::Macro(invocation) => {
                if let Some(rewritten) = self.macro_expr(invocation, is_used) {
                    *expr = rewritten;
                }
            }
            Expr::Closure(closure) => self.closure(closure),
            // Futures that the user holds, and constants: not part of the state machine.
            Expr::Async(_) | Expr::Const(_) => {
                Fragments.visit_expr_mut(expr);
                if let Expr::Async(block) = expr {
                    self.warn_in_async_block(block);
                }
            }
            Expr::Index(indexed) => {
                self.part(&mut indexed.expr);
                self.visit_expr_mut(&mut indexed.index);
                if indexed_places::is_indexed(&indexed.expr)
                    && indexed_places::may_suspend(&indexed.index)
                {
                    self.errors.on(&indexed.index, errors::INDEX_SUSPENDS);
                }
            }
            Expr::Repeat(repeat) => self.visit_expr_mut(&mut repeat.expr),
            Expr::Reference(reference) => self.operand(&mut reference.expr),
            Expr::Unary(unary) if !matches!(unary.op, UnOp::Deref(_)) => {
                self.operand(&mut unary.expr);
            }
            Expr::Block(block) => {
                let label = block.label.as_ref().map(label_text);
                (self.is_used, self.is_expected) = (is_used, is_expected);
                self.framed(label.map(JumpScope::Label), |body| {
                    body.visit_block_mut(&mut block.block)
                });
            }
            Expr::Unsafe(block) => {
                (self.is_used, self.is_expected) = (is_used, is_expected);
                self.visit_block_mut(&mut block.block);
            }
            Expr::Loop(endless) => {
                let frame = JumpScope::Loop(endless.label.as_ref().map(label_text));
                self.is_used = false;
                self.framed(Some(frame), |body| body.visit_block_mut(&mut endless.body));
            }
            Expr::While(repeated) => self.while_loop(repeated),
            Expr::ForLoop(repeated) => {
                if let Some(rewritten) = self.for_loop(repeated) {
                    *expr = rewritten;
                }
            }
            Expr::If(branch) => self.branch(branch, is_used, is_expected),
            Expr::Match(choice) => self.choice(choice, is_used, is_expected),
            Expr::Let(condition) => {
                let end = Extent::of(&condition.expr).end;
                self.visit_expr_mut(&mut condition.expr);
                parens::of_condition(&mut condition.expr, end);
                self.scopes.bind_pattern(&condition.pat);
            }
            Expr::Tuple(tuple) if is_expected => {
                tuple
                    .elems
                    .iter_mut()
                    .for_each(|it| self.visit_expected(it));
            }
            Expr::Array(array) if is_expected => {
                array
                    .elems
                    .iter_mut()
                    .for_each(|it| self.visit_expected(it));
            }
            Expr::Paren(inner) => {
                self.is_expected = is_expected;
                self.visit_expr_mut(&mut inner.expr);
            }
            Expr::Struct(literal) => {
                let values = literal.fields.iter_mut().map(|field| &mut field.expr);
                values.for_each(|value| self.visit_expected(value));
                if let Some(rest) = &mut literal.rest {
                    self.visit_expr_mut(rest);
                }
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
        self.is_covered = is_covered;
    }

    pub(crate) fn framed(&mut self, frame: Option<JumpScope>, inside: impl FnOnce(&mut Self)) {
        let depth = self.frames.len();
        self.frames.extend(frame);
        inside(self);
        self.frames.truncate(depth);
    }

    pub(crate) fn expand_our_macro(
        &mut self,
        ours: OurMacro,
        mac: &syn::Macro,
        is_used: bool,
    ) -> TokenStream {
        let at = mac.path.span();
        let held = match ours {
            OurMacro::Group | OurMacro::Race => self.held_across_macro(mac, at),
            _ => TokenStream::new(),
        };
        let expanded = match ours {
            OurMacro::Group => self.group_macro(mac, is_used),
            OurMacro::Spawn => self.spawn_macro(mac),
            OurMacro::Background => self.background_macro(mac),
            OurMacro::Enclosure(which) => self.enclosure_macro(which, mac),
            OurMacro::Select => self.select_macro(mac, is_used),
            OurMacro::Race => self.race_macro(mac, is_used),
            OurMacro::Closure => self.closure_macro(mac),
        };
        let expanded = outer(expanded.unwrap_or_else(|| quote!(())), at);
        parens::parenthesized(match held.is_empty() {
            true => expanded,
            false => outer(
                quote_spanned!(names::hygienic(at)=> ({ #held #expanded })),
                at,
            ),
        })
    }

    fn macro_expr(&mut self, invocation: &mut ExprMacro, is_used: bool) -> Option<Expr> {
        self.hands_on_to_macro(&invocation.mac);
        let Some(ours) = our_macro(&invocation.mac) else {
            return self.known_macro(&mut invocation.mac, true);
        };
        if self.in_foreign_macro {
            return None;
        }
        let expanded = self.expand_our_macro(ours, &invocation.mac, is_used);
        // A `spawn!` whose value is unused discards its task.
        Some(Expr::Verbatim(match ours.gives_a_task() && !is_used {
            true => quote!({ #expanded; }),
            false => expanded,
        }))
    }

    /// The user's own `future.await`: cancellation is checked before each poll.
    fn user_await(&mut self, awaited: &mut ExprAwait) -> Option<Expr> {
        self.part(&mut awaited.base);
        if !self.in_frame {
            return None;
        }
        let at = awaited.await_token.span();
        let span = hygienic(at);
        let dead = dead(span, in_place(span));
        let held = self.held_across_suspension(at);
        // rustc suggests to remove what stands between the ends of the future and of the `.await`.
        let end = Extent::of(&awaited.base).end;
        let (foreign, arguments) = foreign(parens::as_argument(&awaited.base), at);
        let base = names::called_at(hygienic(end), arguments);
        let (dot, awaiting) = (&awaited.dot_token, syn::Token![await](span));
        let rewritten = outer(
            quote_spanned!(span=> ({ #dead #held #foreign #base #dot #awaiting })),
            at,
        );
        Some(Expr::Verbatim(parens::parenthesized(rewritten)))
    }

    /// An operand that the whole expression begins or ends with.
    pub(crate) fn part(&mut self, operand: &mut Expr) {
        let start = Extent::of(operand).start;
        self.visit_expr_mut(operand);
        parens::located(operand, start);
    }

    /// The operand of `&`, `!` or `-`. The type that rustc expects of the whole is only a hint for
    /// a call there, because `&call()` may still be dereferenced; it would be a requirement on the
    /// `match` that the call becomes. A field access expects no type of its base.
    fn operand(&mut self, operand: &mut Expr) {
        let end = Extent::of(operand).end;
        self.visit_expr_mut(operand);
        let mut inner = &*operand;
        while let Expr::Paren(paren) = inner {
            inner = &paren.expr;
        }
        if let Expr::Verbatim(rewritten) = inner {
            // Lints about the whole expression use the position of its end.
            let mut field = Literal::u8_unsuffixed(0);
            field.set_span(end);
            let span = Span::mixed_site();
            *operand = Expr::Verbatim(quote_spanned!(span=> (#rewritten,).#field));
        }
    }

    /// A variable that was declared without a value is assigned inside a `group!` or a similar
    /// macro: rustc would suggest `mut`, and then refuse that too.
    fn first_value(&mut self, place: &Expr) {
        let Expr::Path(path) = place else { return };
        let Some(name) = path.path.get_ident().map(names::plain_text) else {
            return;
        };
        let is_late = matches!(
            self.scopes.get(&name),
            Some(Name::Variable {
                mutable: false,
                late: true,
                ..
            })
        );
        let is_outside = |frame: &JumpScope| match frame {
            JumpScope::Group(group) => {
                let inside = self.scopes.variable_bound_within(&name, group.depth);
                inside.is_none()
            }
            _ => false,
        };
        if is_late && self.frames.iter().any(is_outside) {
            self.errors.on(path, errors::first_value(&name));
        }
    }

    pub(crate) fn attempt(&mut self, attempt: &mut ExprTry, is_used: bool) {
        if self.marks_attempt(attempt.question_token.span()) {
            let message = match self.returns.is_option {
                true => errors::CHILD_CANNOT_END_WITH_NONE,
                false => errors::CHILD_CANNOT_FAIL,
            };
            self.errors.on(attempt.question_token, message);
        }
        let is_group = matches!(&*attempt.expr, Expr::Macro(expr) if our_macro(&expr.mac) == Some(OurMacro::Group));
        let extent = self.fails_member().then(|| Extent::of(&attempt.expr));
        self.is_used = is_used || !is_group;
        let start = Extent::of(&attempt.expr).start;
        self.visit_expr_mut(&mut attempt.expr);
        if let Some(extent) = extent {
            self.claims_attempt(&mut attempt.expr, extent);
        }
        parens::located(&mut attempt.expr, start);
    }

    fn while_loop(&mut self, repeated: &mut ExprWhile) {
        let frame = JumpScope::Loop(repeated.label.as_ref().map(label_text));
        self.framed(Some(frame), |body| {
            body.scoped(|body| {
                body.visit_expr_mut(&mut repeated.cond);
                body.is_used = false;
                body.visit_block_mut(&mut repeated.body);
            });
        });
    }

    fn branch(&mut self, branch: &mut ExprIf, is_used: bool, is_expected: bool) {
        let has_value = is_used && branch.else_branch.is_some();
        self.scoped(|body| {
            body.visit_expr_mut(&mut branch.cond);
            (body.is_used, body.is_expected) = (has_value, is_expected);
            body.visit_block_mut(&mut branch.then_branch);
        });
        if let Some((_, otherwise)) = &mut branch.else_branch {
            (self.is_used, self.is_expected) = (has_value, is_expected);
            self.visit_expr_mut(otherwise);
        }
    }

    fn choice(&mut self, choice: &mut ExprMatch, is_used: bool, is_expected: bool) {
        self.visit_expr_mut(&mut choice.expr);
        for arm in &mut choice.arms {
            self.scoped(|body| {
                body.scopes.bind_pattern(&arm.pat);
                if let Pat::Guard(guarded) = &mut arm.pat {
                    body.visit_expr_mut(&mut guarded.guard);
                }
                (body.is_used, body.is_expected) = (is_used, is_expected);
                body.visit_expr_mut(&mut arm.body);
            });
        }
        indexed_places::match_by_reference(&mut choice.expr, &choice.arms);
    }

    /// Binds the handle of a group for its body.
    pub(crate) fn bind_handle(&mut self, handle: &syn::Ident) {
        self.scopes.bind(names::plain_text(handle), Name::Handle);
    }
}

/// Whether this macro may contain hidden exits.
pub(crate) fn hides_return(mac: &syn::Macro) -> bool {
    matches!(crate::known::macros::name(mac).as_str(), "bail" | "ensure")
        || mac.tokens.to_token_stream().to_string().contains("return")
}

/// Whether the operands of `expr` belong to the same body: neither to an inner one nor to a macro.
fn is_operation(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Binary(_)
            | Expr::Call(_)
            | Expr::Cast(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::MethodCall(_)
            | Expr::Paren(_)
            | Expr::Reference(_)
            | Expr::Try(_)
            | Expr::Tuple(_)
            | Expr::Unary(_)
    )
}
