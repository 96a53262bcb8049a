//! The rewrite of a vthread body: calls that may suspend are probed, our macros are expanded,
//! everything else stays token for token as the user wrote it. Only this folder rewrites.
//!
//! The walk is in `expr`, `block` and `for_loop`. `function_call` and `method_call` find out
//! whether a call suspends, and `call_mode` decides how it is made; `control_flow` routes jumps out
//! of bodies; `std_macro` treats macros whose arguments are part of the body; the other files are
//! named after what they rewrite.

mod async_block;
pub(crate) mod background;
pub(crate) mod bind;
pub(crate) mod block;
pub(crate) mod blocking_calls;
pub(crate) mod body_end;
pub(crate) mod call_mode;
mod called_macro;
pub(crate) mod closure_macro;
pub(crate) mod closure_result;
pub(crate) mod control_flow;
pub(crate) mod enclosure;
mod expectation;
pub(crate) mod expr;
pub(crate) mod failing_exit;
pub(crate) mod for_loop;
pub(crate) mod function_call;
pub(crate) mod group;
#[cfg(test)]
mod growth_tests;
#[cfg(test)]
mod kinds_tests;
pub(crate) mod lock_guards;
pub(crate) mod lost_updates;
pub(crate) mod macro_fragments;
pub(crate) mod macro_origin;
pub(crate) mod method_call;
pub(crate) mod must_use;
mod named_like_a_type;
mod namespace_probe;
mod never_suspends;
mod of_its_file;
mod of_its_type;
#[cfg(test)]
mod places_tests;
mod plain_closure;
pub(crate) mod plain_code;
pub(crate) mod race;
pub(crate) mod return_type;
pub(crate) mod select;
pub(crate) mod spawn;
pub(crate) mod std_macro;
mod typo;

use crate::analysis::impl_siblings::{Siblings, Taking};
use crate::analysis::module_around::Around;
use crate::analysis::scopes::Scopes;
use crate::errors::Errors;
use crate::lower::control_flow::JumpScope;
use crate::names::plain_text;
use lock_guards::Candidate;
use of_its_type::Written;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use std::collections::HashSet;
use std::rc::Rc;
use syn::{ItemUse, Path, ReturnType, Type};

/// The state of the walk over one body.
pub(crate) struct Lowering {
    pub(crate) errors: Errors,
    pub(crate) scopes: Scopes,
    /// False inside closures: they are plain code, where calls block.
    pub(crate) in_frame: bool,
    /// True inside an argument of a foreign macro: rustc expands our macros there.
    pub(crate) in_foreign_macro: bool,
    /// The constructs that `return`, `break`, `continue` and `?` would leave, outermost first.
    pub(crate) frames: Vec<JumpScope>,
    pub(crate) subject: Subject,
    pub(crate) returns: Returns,
    /// Whether the value of the next expression is used.
    pub(crate) is_used: bool,
    /// Whether the code around the next expression expects a type of it.
    pub(crate) is_expected: bool,
    /// True in the operands of a probed call: its check proves that all of them stand in the frame
    /// itself.
    pub(crate) is_covered: bool,
    /// True inside a `closure!`, whose frame must be `Send`.
    pub(crate) in_vthread_closure: bool,
    /// Whether the function calls itself from inside a `spawn!` or a `closure!`: then its frame
    /// must promise `Send`.
    pub(crate) spawns_itself: bool,
    /// Whether a default method calls itself: then the trait needs a helper.
    pub(crate) calls_itself: bool,
    /// Paths of calls that are already checked against plain functions that shadow vthread ones.
    pub(crate) checked_paths: HashSet<String>,
    /// How many of the blocks around may give a name another meaning than their module does.
    pub(crate) n_importing: usize,
    /// The imports of each of these blocks.
    imports_of_blocks: Vec<Vec<ItemUse>>,
    /// The types and modules of the blocks around.
    pub(crate) types_of_blocks: Vec<String>,
    /// The untyped parameters of the enclosing closures: their types cannot be probed yet.
    pub(crate) untyped: Vec<String>,
    /// The call that is the statement about to be rewritten, for dead code beside it.
    pub(crate) stated: Option<syn::Expr>,
    /// The variables in scope that may be guards of std's locks.
    pub(crate) held: Vec<Candidate>,
    /// The types of variables that are written in the body.
    pub(crate) written: Vec<Written>,
    /// Dead code for the module around, and whether there is a place for it.
    pub(crate) checks: TokenStream,
    pub(crate) can_have_checks: bool,
    n_names: usize,
}

/// The function of the body: its direct recursion becomes segments.
#[derive(Default)]
pub(crate) struct Subject {
    pub(crate) function: Option<String>,
    pub(crate) method: Option<String>,
    /// The method's type and trait: `Tree::depth(..)` in `depth` is the method itself.
    pub(crate) owners: Vec<String>,
    /// For the default method of a trait, which cannot name its own call: the trait's helper.
    pub(crate) again: Option<Path>,
    /// How it takes `self`, and the other functions of its block.
    pub(crate) taking: Option<Taking>,
    pub(crate) siblings: Rc<Siblings>,
    /// The functions and types of its module.
    pub(crate) around: Around,
    /// Its type parameters and those of its block.
    pub(crate) generics: Vec<String>,
    /// The type of `self`, if the module declares it.
    pub(crate) own_type: Option<Ident>,
}

impl Subject {
    /// Whether the enclosing function is unknown: our macros in plain code.
    pub(crate) fn is_unknown(&self) -> bool {
        self.function.is_none() && self.method.is_none()
    }

    /// Whether `Owner::name` is the method itself. If it is another one of that name, only an
    /// allocation is wasted.
    pub(crate) fn is_method_of(&self, owner: &str, name: &str) -> bool {
        self.method.as_deref() == Some(name)
            && (owner == "Self" || self.owners.iter().any(|own| own == owner))
    }
}

/// The return type of the enclosing function.
#[derive(Default)]
pub(crate) struct Returns {
    /// The type, if it can be written in the body.
    pub(crate) ty: Option<Type>,
    /// Whether its last segment is `Result`: then groups have an error type.
    pub(crate) is_result: bool,
    /// Whether it is an `Option`.
    pub(crate) is_option: bool,
    /// The type to probe if the name decides nothing: it may be an alias of `Result`.
    pub(crate) asked: Option<Type>,
    /// The location of the type.
    pub(crate) at: Option<Span>,
}

impl Returns {
    pub(crate) fn of(output: &ReturnType) -> Self {
        let ReturnType::Type(_, ty) = output else {
            return Returns {
                ty: Some(syn::parse_quote!(())),
                is_result: false,
                is_option: false,
                asked: None,
                at: None,
            };
        };
        let path = as_path(ty);
        let last = path.and_then(|path| path.segments.last());
        let is_result = last.is_some_and(|last| last.ident == "Result");
        let is_option = last.is_some_and(|last| last.ident == "Option");
        let is_known =
            last.is_none_or(|last| crate::known::is_type_of_std(&plain_text(&last.ident)));
        let asked = (!is_result && !is_known).then(|| without_impl(ty));
        let at = Some(syn::spanned::Spanned::span(&**ty));
        Returns {
            ty: can_be_written(ty).then(|| (**ty).clone()),
            is_result,
            is_option,
            asked,
            at,
        }
    }
}

/// The path of a type, even if a `macro_rules!` macro passed it on.
fn as_path(ty: &Type) -> Option<&syn::Path> {
    match ty {
        Type::Path(path) => Some(&path.path),
        Type::Group(inner) => as_path(&inner.elem),
        Type::Paren(inner) => as_path(&inner.elem),
        _ => None,
    }
}

/// The type with `()` for each `impl Trait`, which cannot be written in a body: that changes
/// neither whether it is a `Result` nor its error type.
fn without_impl(ty: &Type) -> Type {
    struct WithoutImpl;
    impl syn::visit_mut::VisitMut for WithoutImpl {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            match ty {
                Type::ImplTrait(_) => *ty = syn::parse_quote!(()),
                other => syn::visit_mut::visit_type_mut(self, other),
            }
        }
    }
    let mut ty = ty.clone();
    syn::visit_mut::VisitMut::visit_type_mut(&mut WithoutImpl, &mut ty);
    ty
}

/// `impl Trait` and `!` cannot stand in a `let`.
pub(crate) fn can_be_written(ty: &Type) -> bool {
    !mentions_impl(ty) && !matches!(ty, Type::Never(_))
}

/// Whether a type contains `impl Trait`.
pub(crate) fn mentions_impl(tokens: impl ToTokens) -> bool {
    fn any_impl(tokens: proc_macro2::TokenStream) -> bool {
        tokens.into_iter().any(|tree| match tree {
            proc_macro2::TokenTree::Ident(ident) => ident == "impl",
            proc_macro2::TokenTree::Group(group) => any_impl(group.stream()),
            _ => false,
        })
    }
    any_impl(tokens.to_token_stream())
}

impl Lowering {
    pub(crate) fn new(subject: Subject, returns: Returns) -> Self {
        Lowering {
            errors: Errors::default(),
            scopes: Scopes::new(),
            in_frame: true,
            in_foreign_macro: false,
            frames: Vec::new(),
            subject,
            returns,
            is_used: true,
            is_expected: false,
            is_covered: false,
            in_vthread_closure: false,
            spawns_itself: false,
            calls_itself: false,
            checked_paths: HashSet::new(),
            n_importing: 0,
            imports_of_blocks: Vec::new(),
            types_of_blocks: Vec::new(),
            untyped: Vec::new(),
            stated: None,
            held: Vec::new(),
            written: Vec::new(),
            checks: TokenStream::new(),
            can_have_checks: false,
            n_names: 0,
        }
    }

    /// A hygienic name that no other part of this expansion uses.
    pub(crate) fn fresh(&mut self, stem: &str, span: Span) -> Ident {
        self.n_names += 1;
        Ident::new(&format!("__{stem}{}", self.n_names), span)
    }

    /// The same for a name that rustc's errors show: of what the group's handle or value is in.
    pub(crate) fn fresh_shown(&mut self, stem: &str, span: Span) -> Ident {
        self.n_names += 1;
        Ident::new(&format!("{stem}_{}", self.n_names), span)
    }

    /// Rewrites an expression of which the code around it expects a type.
    pub(crate) fn visit_expected(&mut self, expr: &mut syn::Expr) {
        self.is_expected = true;
        syn::visit_mut::VisitMut::visit_expr_mut(self, expr);
    }

    pub(crate) fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.open();
        inside(self);
        self.scopes.close();
    }

    /// Records a direct recursive call, for the bound on the frame.
    pub(crate) fn note_recursion(&mut self) {
        let in_child = |frame: &JumpScope| matches!(frame, JumpScope::Child(_));
        self.spawns_itself |= self.in_vthread_closure || self.frames.iter().any(in_child);
    }
}
