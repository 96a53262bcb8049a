//! Calls of std that block the OS thread: the names that are examined, and the dead code that
//! warns.
//!
//! The text of each warning, and how rustc tells std's function from others of the same name, stand
//! in the runtime's `macro_support/blocking.rs`. A name that is not here costs nothing.

use super::Lowering;
use crate::emit;
use crate::lower::control_flow::JumpScope;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, ExprCall, ExprMethodCall, Path};

/// Functions, each with its module, and a type of that module that proves it to be std's.
const FUNCTIONS: &[(&str, &str, &[&str])] = &[
    ("thread", "ThreadId", &["sleep", "park", "park_timeout"]),
    ("io", "Stdin", &["read_to_string"]),
    (
        "fs",
        "DirBuilder",
        &[
            "read",
            "read_to_string",
            "write",
            "create_dir",
            "create_dir_all",
            "metadata",
            "symlink_metadata",
            "remove_dir",
            "remove_dir_all",
            "remove_file",
            "rename",
            "read_dir",
            "canonicalize",
            "copy",
            "hard_link",
            "read_link",
            "set_permissions",
            "exists",
        ],
    ),
];

/// Functions of types.
const CONSTRUCTORS: &[&str] = &[
    "open",
    "create",
    "create_new",
    "connect",
    "connect_timeout",
    "bind",
];

/// Functions of std's types that read or write their inner stream by std's traits.
const WRAPPERS: &[&str] = &["BufReader", "BufWriter", "LineWriter"];

const METHODS: &[&str] = &[
    "accept",
    "recv",
    "recv_timeout",
    "join",
    "output",
    "status",
    "wait",
    "wait_with_output",
    "read_line",
    "read_until",
    "read_to_string",
    "read_to_end",
    "read_exact",
    "read",
    "exists",
    "try_exists",
    "is_file",
    "is_dir",
    "is_symlink",
    "metadata",
    "symlink_metadata",
    "canonicalize",
    "read_dir",
    "read_link",
];

/// Methods that are never probed: these are examined if their receiver is the standard input.
const METHODS_OF_STDIN: &[&str] = &["lines", "split", "bytes"];

/// Methods that return an iterator of the library's, if their receiver is one of its receivers or
/// readers: it suspends in the head of a `for`, and blocks as an iterator.
const ITERATORS: &[&str] = &["iter", "into_iter", "lines", "split", "bytes"];

/// Parts of the names that such receivers have. `iter()` is frequent, and a question costs the
/// user's compiler some time.
const NAMES_OF_SOURCES: &[&str] = &["rx", "recv", "receiver", "reader"];

impl Lowering {
    /// Whether blocking calls get a warning here: only where they delay other vthreads. The body of
    /// a `group!` in a plain function delays its own thread only.
    pub(crate) fn warns(&self) -> bool {
        let in_child = || {
            let is_child = |frame: &JumpScope| matches!(frame, JumpScope::Child(_));
            self.frames.iter().any(is_child)
        };
        self.in_frame && (!self.subject.is_unknown() || in_child())
    }
}

/// The warning for a function of `fs`, `thread` or `io`, if the module is std's.
pub(crate) fn function(path: &Path, is_given_stdin: bool) -> Option<TokenStream> {
    let n = path.segments.len();
    let (module, name) = (
        plain_text(&path.segments[n.checked_sub(2)?].ident),
        plain_text(&path.segments[n - 1].ident),
    );
    let (_, marker, _) = FUNCTIONS
        .iter()
        .find(|(of, _, names)| *of == module && names.contains(&name.as_str()))?;
    if module == "io" && !is_given_stdin {
        return None;
    }
    let at = path.segments[n - 1].ident.span();
    let span = hygienic(at);
    let mut parent = path.clone();
    parent.segments.pop();
    parent.segments.pop_punct();
    let marker = Ident::new(marker, span);
    let (table, of_module) = (names::blocking(span), names::blocking_of_module(span));
    let (blocks, key) = (blocks(at), key(&format!("{module}_{name}"), span));
    Some(quote_spanned!(span=> {
        #[allow(unused_imports)] use #table::Unknown as #marker;
        {
            #[allow(unused_imports)] use #parent::*;
            #of_module::<#key, #marker>()[()].#blocks();
        }
    }))
}

/// A call of a function that may have been imported from std by its name, `use std::thread::sleep`.
pub(crate) struct Tied {
    /// Before the call: records the type of the callee.
    pub(crate) remembers: TokenStream,
    /// Before the callee, which is a block: passes it on.
    pub(crate) callee: TokenStream,
    /// In dead code: warns if both are the same function.
    pub(crate) warning: TokenStream,
}

/// The parts for a call of a function without its module. The type of the callee is taken from the
/// call, which fixes its generics; so this is for functions of std that have none.
pub(crate) fn by_name(path: &Path) -> Option<Tied> {
    let name = path.get_ident().filter(|name| *name == "sleep")?;
    let at = name.span();
    let span = hygienic(at);
    let (same, key, blocks) = (names::same(span), key("thread_sleep", span), blocks(at));
    Some(Tied {
        remembers: quote_spanned!(span=> let __same = #same::to(::std::thread::sleep);),
        callee: quote_spanned!(span=> __same.with),
        warning: quote_spanned!(span=> __same.asked::<#key>()[()].#blocks();),
    })
}

/// Whether calls of a type's function of this name are examined.
pub(crate) fn is_constructor(name: &str) -> bool {
    CONSTRUCTORS.contains(&name)
}

/// The warning for a function of a type; the type of its result is in `__t`.
pub(crate) fn constructor(path: &Path) -> Option<TokenStream> {
    let last = &path.segments.last()?.ident;
    let name = plain_text(last);
    is_constructor(&name).then(|| of_tag(&format!("of_{name}"), last.span()))
}

/// The warning for a method; the type of its receiver is in `__t`.
pub(crate) fn method(name: &str, at: Span) -> Option<TokenStream> {
    let known = METHODS.contains(&name);
    let warning = known.then(|| of_tag(&format!("by_{name}"), at));
    let of_stream = names::IO_METHODS.contains(&name);
    let of_stream = of_stream.then(|| of_tag("by_a_trait_of_std", at));
    (warning.is_some() || of_stream.is_some()).then(|| quote!(#warning #of_stream))
}

/// The call of a function that wraps a stream in std's reader or writer, if the stream is the
/// library's.
pub(crate) fn wrapper(call: &ExprCall, path: &Path) -> Option<Expr> {
    let [.., ty, function] = &path.segments.iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    let is_wrapper = WRAPPERS.contains(&plain_text(&ty.ident).as_str());
    let makes = ["new", "with_capacity"].contains(&plain_text(&function.ident).as_str());
    (is_wrapper && makes).then(|| asked_of_result(call, "of_a_stream", ty.ident.span()))
}

/// A call that is not probed, with a warning that depends on the type of its result.
fn asked_of_result(call: impl ToTokens, key: &str, at: Span) -> Expr {
    let span = hygienic(at);
    let tag = names::tag_of_result(span);
    let warning = of_tag(key, at);
    let dead = emit::call::dead(span, quote_spanned!(span=> let __t = #tag(&__x); #warning));
    let asked =
        quote_spanned!(span=> (match #call { #[allow(unreachable_code)] __x => { #dead __x } }));
    Expr::Verbatim(emit::call::outer(asked, at))
}

/// The call of a method that is not probed and returns a reader of the standard input.
pub(crate) fn unprobed(call: &ExprMethodCall, name: &str) -> Option<Expr> {
    let is_asked = METHODS_OF_STDIN.contains(&name)
        && call.attrs.is_empty()
        && mentions(call.receiver.to_token_stream(), &["stdin"]);
    is_asked.then(|| asked_of_result(call, "of_stdin", call.method.span()))
}

/// Has an iterator that further methods are called on asked about; `at` is what
/// [`asked_iterator`] says of it.
pub(crate) fn ask_iterator(iterator: &mut Expr, at: Span) {
    let call = without_parentheses(iterator.to_token_stream());
    *iterator = asked_of_result(call, "of_an_iterator", at);
}

/// rustc warns of those around the expression of a `match`, if they are the user's.
fn without_parentheses(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Parenthesis => {
            group.stream()
        }
        _ => tokens,
    }
}

/// Where the name stands of what may be an iterator of the library's that blocks. To be called
/// before the expression is rewritten.
pub(crate) fn asked_iterator(iterator: &Expr) -> Option<Span> {
    match iterator {
        Expr::MethodCall(call) if call.attrs.is_empty() => {
            let name = plain_text(&call.method);
            let is_asked = name == "incoming"
                || (ITERATORS.contains(&name.as_str())
                    && mentions(call.receiver.to_token_stream(), NAMES_OF_SOURCES));
            match name.as_str() {
                "unwrap" | "expect" => read_dir(&call.receiver),
                _ => is_asked.then(|| call.method.span()),
            }
        }
        Expr::Try(tried) => read_dir(&tried.expr),
        _ => None,
    }
}

/// Where the name stands in `fs::read_dir(path)`.
fn read_dir(call: &Expr) -> Option<Span> {
    let Expr::Call(call) = call else { return None };
    let Expr::Path(callee) = &*call.func else {
        return None;
    };
    let last = &callee.path.segments.last()?.ident;
    (last == "read_dir").then(|| last.span())
}

/// Whether it is a function of a module whose argument is the same module's `stdin()`, locked or
/// not. To be called before the arguments are rewritten.
pub(crate) fn is_given_stdin(call: &ExprCall) -> bool {
    let argument = match call.args.first() {
        Some(Expr::MethodCall(lock)) if lock.method == "lock" => Some(&*lock.receiver),
        other => other,
    };
    let (Expr::Path(function), Some(Expr::Call(stdin))) = (&*call.func, argument) else {
        return false;
    };
    let mut expected = function.path.clone();
    expected.segments.pop();
    expected.segments.push(format_ident!("stdin").into());
    stdin.func.to_token_stream().to_string() == expected.to_token_stream().to_string()
}

/// Whether a name in the expression has one of the parts; rustc decides what it is.
fn mentions(tokens: TokenStream, parts: &[&str]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => {
            let name = ident.to_string();
            parts.iter().any(|part| name.contains(part))
        }
        TokenTree::Group(group) => mentions(group.stream(), parts),
        _ => false,
    })
}

fn of_tag(key: &str, at: Span) -> TokenStream {
    let span = hygienic(at);
    let (of, key, blocks) = (names::blocking_of(span), self::key(key, span), blocks(at));
    quote_spanned!(span=> #of::<#key, _>(&__t)[()].#blocks();)
}

/// The entry for vthread calls in async blocks, and the method that warns.
pub(super) fn in_async_block(at: Span) -> (TokenStream, Ident) {
    (key("in_async_block", hygienic(at)), blocks(at))
}

/// The entry of the table.
fn key(name: &str, span: Span) -> TokenStream {
    let (table, name) = (names::blocking(span), format_ident!("{name}", span = span));
    quote_spanned!(span=> #table::#name)
}

/// The user's span: lints are silent in code that consists only of a macro's own tokens.
fn blocks(at: Span) -> Ident {
    Ident::new("blocks", at)
}

/// `callee` with a warning beside it, for a call that is not probed. The outermost span is the
/// user's: `Location::caller` is the place of the call.
pub(crate) fn beside(callee: impl ToTokens, warning: &TokenStream, at: Span) -> TokenStream {
    let dead = emit::call::dead(hygienic(at), quote!(#warning));
    emit::call::outer(quote_spanned!(hygienic(at)=> ({ #dead #callee })), at)
}
