//! Calls of functions that have the name of a builtin type, `u8(input)`.
//!
//! A probe imports the path of the call as a function and as a module. Builtin types are in scope
//! everywhere: if there is no module `u8`, the type would be taken for it. So the path must begin
//! with something else. That is known for what the module has, and for what an import of the body
//! names. What a glob of the body brings stays as it is, and is refused if it suspends: a module
//! may be asked for in an expression, where an empty one further out is found before the type.

use super::Lowering;
use super::blocking_calls::beside;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::Ident;
use quote::quote_spanned;
use syn::punctuated::Punctuated;
use syn::{Block, Expr, ExprCall, Item, ItemUse, Path, Stmt, Token, UseTree};

/// Where the function of a call is found.
pub(super) enum Place {
    /// In the module around, by this path.
    Module(Path),
    /// By this path, which an import of the body names.
    Import(Path),
    /// A glob of the body may bring it.
    InAGlob,
}

impl Lowering {
    /// Where the function `name` is.
    pub(super) fn place_of(&self, name: &Ident) -> Place {
        let imports = || self.imports_of_blocks.iter().rev().flatten();
        let named = imports().find_map(|import| {
            let mut path = Path {
                leading_colon: import.leading_colon,
                segments: Punctuated::new(),
            };
            brings(&import.tree, name, &mut path.segments).then_some(path)
        });
        let own = || {
            let mut path = Path::from(name.clone());
            let module = Ident::new("self", hygienic(name.span()));
            path.segments.insert(0, module.into());
            path
        };
        match named {
            None if imports().any(|import| has_glob(&import.tree)) => Place::InAGlob,
            None => Place::Module(own()),
            Some(path) => Place::Import(path),
        }
    }

    /// A call whose function a glob of the body may bring.
    pub(super) fn refuse_in_a_glob(&self, call: &mut ExprCall, name: &Ident) {
        if !self.in_frame {
            return;
        }
        let span = hygienic(name.span());
        let (no, by_glob) = (names::no(span), names::found_by_a_glob(span));
        let block = |inside, imports: &Vec<ItemUse>| {
            let globs = imports.iter().filter(|import| has_glob(&import.tree));
            quote_spanned!(span=> { #(#[allow(unused_imports)] #globs)* #inside })
        };
        let asked = quote_spanned!(span=> #by_glob::is_plain(&#name::__VTHREAD_KIND););
        let asked = self.imports_of_blocks.iter().rev().fold(asked, block);
        let refused = quote_spanned!(span=> {
            #[allow(unused_imports)] use #no as #name;
            { #[allow(unused_imports)] use self::*; #asked }
        });
        *call.func = Expr::Verbatim(beside(&call.func, &refused, name.span()));
    }
}

/// The imports of a block.
pub(super) fn imports(block: &Block) -> Vec<ItemUse> {
    let imports = block.stmts.iter().filter_map(|statement| match statement {
        Stmt::Item(Item::Use(import)) => Some(import.clone()),
        _ => None,
    });
    imports.collect()
}

/// Whether an import names the function; then `path` is where it stands.
fn brings(
    tree: &UseTree,
    name: &Ident,
    path: &mut Punctuated<syn::PathSegment, Token![::]>,
) -> bool {
    let (found, is_it) = match tree {
        UseTree::Path(of) => {
            path.push(of.ident.clone().into());
            let is_in_it = brings(&of.tree, name, path);
            if !is_in_it {
                path.pop();
                path.pop_punct();
            }
            return is_in_it;
        }
        UseTree::Group(group) => return group.items.iter().any(|tree| brings(tree, name, path)),
        UseTree::Name(last) => (&last.ident, &last.ident),
        UseTree::Rename(last) => (&last.ident, &last.rename),
        UseTree::Glob(_) => return false,
    };
    let is_brought = plain_text(is_it) == plain_text(name);
    if is_brought {
        path.push(found.clone().into());
    }
    is_brought
}

fn has_glob(tree: &UseTree) -> bool {
    match tree {
        UseTree::Path(path) => has_glob(&path.tree),
        UseTree::Glob(_) => true,
        UseTree::Group(group) => group.items.iter().any(has_glob),
        UseTree::Name(_) | UseTree::Rename(_) => false,
    }
}
