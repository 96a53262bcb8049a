//! The type that the code around a call expects of it.
//!
//! rustc tells the callee's arguments what is expected of its result: in `let s: &[u8] =
//! shown(&[1, 2])` the array becomes a slice before `shown` sees it. The scrutinee of a `match`,
//! which a call becomes, expects nothing. So where an argument may be coerced, dead code asks for
//! the expected type, `__w`, and the call passes through `hinted`, which tells a plain callee of
//! it.
//!
//! What a method is, only its result tells. There a copy of the call stands in the dead code, with
//! values of the arguments' types, which are those that the real arguments are coerced to.

use super::Lowering;
use crate::analysis::scopes::Name;
use crate::emit::call::{CallMode, Extent, Place, decide, leave};
use crate::emit::parens::as_argument;
use crate::known;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{Expr, Lifetime, Token};

/// The arguments of a call, as the user wrote them.
pub(super) type Arguments = Punctuated<Expr, Token![,]>;

/// The expected type of a call whose arguments it may change.
pub(super) struct Expected {
    /// The block around the call.
    label: Lifetime,
    span: Span,
}

impl Lowering {
    /// What is expected of a call about to be rewritten, if its arguments may be coerced.
    pub(super) fn expected(
        &mut self,
        is_expected: bool,
        arguments: &Arguments,
        at: Span,
    ) -> Option<Expected> {
        if !is_expected || !self.in_frame || !arguments.iter().any(|it| self.may_be_coerced(it)) {
            return None;
        }
        let span = hygienic(at);
        let label = Lifetime {
            apostrophe: span,
            ident: self.fresh("expected", span),
        };
        Some(Expected { label, span })
    }

    /// Whether the type of an argument may depend on what its function is expected to return.
    fn may_be_coerced(&self, argument: &Expr) -> bool {
        match argument {
            Expr::Closure(_) => true,
            Expr::Reference(inner) => !matches!(&*inner.expr, Expr::Lit(_)),
            // A function may become a pointer, and a reference another one.
            Expr::Path(path) => !known::is_constant(path) && !path.path.is_ident("self"),
            Expr::Call(call) => {
                is_pointer(&call.func) || call.args.iter().any(|it| self.may_be_coerced(it))
            }
            Expr::Tuple(tuple) => tuple.elems.iter().any(|it| self.may_be_coerced(it)),
            Expr::Paren(inner) => self.may_be_coerced(&inner.expr),
            Expr::Group(inner) => self.may_be_coerced(&inner.expr),
            _ => false,
        }
    }

    fn is_variable(&self, argument: &Expr) -> bool {
        let Expr::Path(path) = argument else {
            return false;
        };
        let name = path.path.get_ident().map(plain_text);
        let found = name.and_then(|name| self.scopes.get(&name));
        matches!(found, Some(Name::Variable { .. })) || path.path.is_ident("self")
    }

    /// The arguments of a call whose kind its copy tells: those of the call, and of the copy.
    /// `None` if rustc has to see the call itself to know the types of its closures.
    pub(super) fn remembered(&mut self, arguments: &Arguments, span: Span) -> Option<Remembered> {
        let is_closure = |argument: &Expr| matches!(argument, Expr::Closure(_));
        if arguments.iter().any(is_closure) || arguments.iter().all(|it| self.is_variable(it)) {
            return None;
        }
        let mut remembered = Remembered::default();
        for argument in arguments {
            // A variable is reborrowed by the call itself: until then others may read it.
            if matches!(argument, Expr::Lit(_)) || self.is_variable(argument) {
                remembered.real.push(argument.to_token_stream());
                remembered.copy.push(argument.to_token_stream());
                continue;
            }
            let ty = self.fresh("argument", span);
            let value = as_argument(argument);
            remembered
                .real
                .push(quote_spanned!(span=> #ty.pass(#value)));
            remembered.copy.push(quote_spanned!(span=> #ty.any()));
            remembered.types.push(ty);
        }
        Some(remembered)
    }
}

/// The arguments of a call and of its copy.
#[derive(Default)]
pub(super) struct Remembered {
    pub(super) types: Vec<Ident>,
    pub(super) real: Vec<TokenStream>,
    pub(super) copy: Vec<TokenStream>,
}

/// `Box::new` and the like, whose value may become a pointer to something unsized.
fn is_pointer(callee: &Expr) -> bool {
    let Expr::Path(path) = callee else {
        return false;
    };
    let mut segments = path.path.segments.iter().rev().skip(1);
    let owner = segments.next().map(|owner| plain_text(&owner.ident));
    owner.is_some_and(|owner| {
        matches!(
            owner.as_str(),
            "Box" | "Rc" | "Arc" | "Cell" | "RefCell" | "Mutex" | "RwLock"
        )
    })
}

impl Expected {
    /// Dead code: the expected type is that of `__w`.
    pub(super) fn asked(&self) -> TokenStream {
        let label = &self.label;
        quote_spanned!(self.span=> break #label __w.any();)
    }

    /// The block around a call whose kind its name tells.
    pub(super) fn of_name(
        &self,
        kind: &TokenStream,
        (dead, extent): (TokenStream, Extent),
        call: TokenStream,
        arms: TokenStream,
    ) -> TokenStream {
        let (label, ty) = (&self.label, names::ty(self.span));
        let hinted = quote_spanned!(self.span=> __k.hinted(__w, #call));
        let decided = decide(extent, hinted, arms);
        quote_spanned!(self.span=> #label: {
            let __w = #ty();
            #kind
            #dead
            #decided
        })
    }

    /// The block around a call whose kind the type of its value tells: `real` is the call, `copy`
    /// the one in the dead code, and `tag` asks for the kind of `__y`.
    pub(super) fn of_value(
        &self,
        (making, place): (CallMode, Place),
        types: &[Ident],
        (real, copy): (TokenStream, TokenStream),
        (tag, which, warning): (TokenStream, TokenStream, Option<TokenStream>),
        extent: Extent,
        arms: TokenStream,
    ) -> TokenStream {
        let (label, ty) = (&self.label, names::ty(self.span));
        let (chosen, asked) = (names::chosen(self.span), self.asked());
        let making = match place {
            Place::Checked => making,
            Place::CheckedAround => CallMode::Block,
        };
        let leave = leave(making, self.span, quote_spanned!(self.span=> #chosen()));
        let hinted = quote_spanned!(self.span=> __k.hinted(__w, __s.pass(#real)));
        let decided = decide(extent, hinted, arms);
        let types = quote!(#(let #types = #ty();)*);
        quote_spanned!(self.span=> #label: {
            let __w = #ty();
            let __s = #ty();
            #types
            #[allow(unreachable_code)]
            let __k = '__l: {
                #leave
                #asked
                let __x = __s.pass(#copy);
                let __t = #tag;
                #warning
                #which
            };
            #decided
        })
    }
}
