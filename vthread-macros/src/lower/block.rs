//! The walk over a block: its statements in order, and the rules for the block as a whole.

use super::{Lowering, macro_fragments, named_like_a_type};
use crate::analysis::tail::first_tail;
use crate::emit::attributes;
use crate::emit::call::Extent;
use crate::emit::parens;
use crate::errors;
use crate::forms::enclosure::Enclosure;
use crate::forms::{OurMacro, our_macro};
use crate::names::plain_text;
use proc_macro2::TokenStream;
use quote::quote;
use std::mem::take;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Block, Expr, Item, Macro, Pat, Stmt};

impl Lowering {
    /// The block of a function or of a macro of ours, which becomes a part of a block of ours.
    pub(crate) fn body(&mut self, block: &mut Block) {
        self.visit_block_mut(block);
        parens::needed_braces(block);
    }

    pub(crate) fn block(&mut self, block: &mut Block) {
        let is_used = std::mem::replace(&mut self.is_used, true);
        let is_expected = take(&mut self.is_expected);
        let n_statements = block.stmts.len();
        block.stmts.iter_mut().for_each(macro_fragments::open_let);
        self.scopes.open();
        self.scopes.bind_items(block);
        let has_imports = has_imports(block);
        if has_imports {
            self.checked_paths.clear();
            self.n_importing += 1;
            self.imports_of_blocks
                .push(named_like_a_type::imports(block));
        }
        let n_types = self.types_of_blocks.len();
        self.types_of_blocks
            .extend(block.stmts.iter().filter_map(type_name));
        let first_tail = first_tail(block);
        let rest = take_rest_after_defer(block);
        let held = self.begin_of_block();
        let mut remembered = Vec::new();
        for (at, statement) in block.stmts.iter_mut().enumerate() {
            let is_last = at + 1 == n_statements || at >= first_tail;
            self.is_used = true;
            match statement {
                Stmt::Local(local) => {
                    let holding = self.may_hold(local);
                    let written = match &local.pat {
                        _ if !local.attrs.is_empty() => None,
                        Pat::Type(typed) => self.written_type(&typed.ty),
                        _ => local
                            .init
                            .as_ref()
                            .and_then(|init| self.type_of_value(&init.expr)),
                    };
                    if let Some(init) = &mut local.init {
                        self.is_expected = matches!(local.pat, Pat::Type(_));
                        self.visit_expr_mut(&mut init.expr);
                        if let Some((_, otherwise)) = &mut init.diverge {
                            self.visit_expr_mut(otherwise);
                        }
                    }
                    match local.init {
                        Some(_) => self.scopes.bind_pattern_under(&local.attrs, &local.pat),
                        None => self.scopes.bind_late(&local.attrs, &local.pat),
                    }
                    match &local.pat {
                        Pat::Type(typed) => self.give_type(&typed.pat, written),
                        pattern => self.give_type(pattern, written),
                    }
                    let remembers = holding.and_then(|holding| self.holds(holding, local));
                    remembered.extend(remembers.map(|statement| (at, statement)));
                }
                Stmt::Item(item) => self.visit_item_mut(item),
                Stmt::Expr(expr, semi) => {
                    self.is_used = is_last && is_used && semi.is_none();
                    self.hands_on(expr);
                    let start = semi.map(|semi| Extent::from(expr, semi.span).start);
                    self.stated = semi.and_then(|_| self.stated_call(expr));
                    self.is_expected = is_last && is_expected && semi.is_none();
                    match (&mut *expr, &semi) {
                        // Of `group! { .. }?;` only the error is used.
                        (Expr::Try(attempt), Some(_)) => self.attempt(attempt, false),
                        (expr, _) => self.visit_expr_mut(expr),
                    }
                    self.stated = None;
                    if let Some(start) = start {
                        parens::located(expr, start);
                    }
                }
                Stmt::Macro(invocation) => {
                    self.hands_on_to_macro(&invocation.mac);
                    match our_macro(&invocation.mac) {
                        None => {
                            self.scopes.bind_closures(&invocation.mac);
                            let is_tail = is_last && invocation.semi_token.is_none();
                            if let Some(mut rewritten) =
                                self.known_macro(&mut invocation.mac, is_tail)
                            {
                                attributes::give(&mut rewritten, take(&mut invocation.attrs));
                                *statement =
                                    Stmt::Expr(rewritten, (!is_tail).then(Default::default));
                            }
                        }
                        Some(_) if self.in_foreign_macro => {}
                        Some(OurMacro::Enclosure(Enclosure::Defer)) => {
                            let rest = rest
                                .clone()
                                .expect("it was split off at the first `defer!`");
                            let attrs = take(&mut invocation.attrs);
                            let expanded =
                                self.defer_under_conditions(attrs, &invocation.mac, rest, is_used);
                            *statement = Stmt::Expr(Expr::Verbatim(expanded), None);
                        }
                        Some(ours) => {
                            let is_tail = is_last && invocation.semi_token.is_none();
                            let keeps_value = is_tail && (!ours.gives_a_task() || is_used);
                            let expanded =
                                self.expand_our_macro(ours, &invocation.mac, is_tail && is_used);
                            let semi = (!keeps_value).then(Default::default);
                            let mut expanded = Expr::Verbatim(expanded);
                            attributes::give(&mut expanded, take(&mut invocation.attrs));
                            *statement = Stmt::Expr(expanded, semi);
                        }
                    }
                }
            }
        }
        self.end_of_block(block, &held);
        for (at, statement) in remembered.into_iter().rev() {
            block.stmts.insert(at, statement);
        }
        if has_imports {
            self.checked_paths.clear();
            self.n_importing -= 1;
            self.imports_of_blocks.pop();
        }
        self.types_of_blocks.truncate(n_types);
        self.scopes.close();
    }

    /// `#[cfg(..)] defer! { .. }` and the rest of its block, which exists in any case.
    fn defer_under_conditions(
        &mut self,
        attrs: Vec<Attribute>,
        mac: &Macro,
        rest: Block,
        is_used: bool,
    ) -> TokenStream {
        for attr in &attrs {
            if !attr.path().is_ident("cfg") {
                self.errors.on(attr, errors::ATTRIBUTE_OF_DEFER);
            }
        }
        let mut without = rest.clone();
        let deferred = self.defer_statement(mac, rest, is_used);
        let deferred = deferred.unwrap_or_else(|| quote!(()));
        let Some(condition) = attributes::condition(&attrs) else {
            return deferred;
        };
        self.is_used = is_used;
        self.visit_block_mut(&mut without);
        quote!(#[cfg(#condition)] { #deferred } #[cfg(not(#condition))] #without)
    }
}

/// Whether a name may have another meaning in the block than around it.
fn has_imports(block: &Block) -> bool {
    let imports = |statement: &Stmt| match statement {
        Stmt::Item(item) => !matches!(item, Item::Const(_) | Item::Static(_) | Item::Fn(_)),
        Stmt::Macro(invocation) => {
            our_macro(&invocation.mac).is_none()
                && crate::known::macros::treatment(&invocation.mac).is_none()
        }
        _ => false,
    };
    block.stmts.iter().any(imports)
}

/// The name of an item that is one of a type or a module.
fn type_name(statement: &Stmt) -> Option<String> {
    let Stmt::Item(item) = statement else {
        return None;
    };
    let name = match item {
        Item::Enum(item) => &item.ident,
        Item::Mod(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(plain_text(name))
}

/// Splits a block after its first `defer!`. Items stay: they are visible in the whole block.
fn take_rest_after_defer(block: &mut Block) -> Option<Block> {
    let is_defer = |statement: &Stmt| match statement {
        Stmt::Macro(invocation) => {
            our_macro(&invocation.mac) == Some(OurMacro::Enclosure(Enclosure::Defer))
        }
        _ => false,
    };
    let at = block.stmts.iter().position(is_defer)?;
    let (items, rest): (Vec<_>, Vec<_>) = block
        .stmts
        .split_off(at + 1)
        .into_iter()
        .partition(|statement| matches!(statement, Stmt::Item(_)));
    block.stmts.splice(0..0, items);
    let mut rest_block = block.clone();
    rest_block.stmts = rest;
    Some(rest_block)
}
