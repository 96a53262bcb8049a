//! What the macros make of instructive inputs, formatted like handwritten code, and the page of the
//! documentation that shows some of them.
//!
//! In `tests/expand`, `function.rs` becomes `function.expanded.rs`, and so on. With `BLESS=1` in
//! the environment the test writes the files that it otherwise compares:
//! `BLESS=1 cargo test -p vthread-macros snapshots`.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syn::Item;

/// The line of the page before a block of code that is a file of `tests/expand`.
const MARK: &str = "<!-- tests/expand/";

#[test]
fn expansions_are_as_recorded() {
    let mut inputs: Vec<PathBuf> = fs::read_dir(workspace().join("tests/expand"))
        .expect("the folder of the inputs")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| !path.to_string_lossy().ends_with(".expanded.rs"))
        .collect();
    inputs.sort();
    assert!(inputs.len() >= 10);
    for input in inputs {
        let source = fs::read_to_string(&input).expect("an input");
        compare(&input.with_extension("expanded.rs"), &expanded(&source));
    }
}

#[test]
fn the_page_shows_what_is_recorded() {
    let page = workspace().join("docs/transform.md");
    let text = fs::read_to_string(&page).expect("the page");
    let mut parts = text.split(MARK);
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(" -->\n").expect("the end of a mark");
        let (fence, rest) = rest.split_once('\n').expect("the beginning of a block");
        let (_, rest) = rest.split_once("```\n").expect("the end of a block");
        let shown = workspace().join("tests/expand").join(name);
        let code = fs::read_to_string(&shown).unwrap_or_else(|_| panic!("{name} is recorded"));
        written += &format!("{MARK}{name} -->\n{fence}\n{code}```\n{rest}");
    }
    compare(&page, &written);
}

fn compare(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        // In one step: another test may be reading it.
        let new = path.with_extension("new");
        fs::write(&new, text).expect("a file that can be written");
        fs::rename(&new, path).expect("a file that can be replaced");
        return;
    }
    let recorded = fs::read_to_string(path).unwrap_or_default();
    assert!(
        recorded == text,
        "{} differs: look at what changed with `BLESS=1 cargo test -p vthread-macros snapshots` and `git diff`",
        path.display()
    );
}

/// Expands every item with the attribute; the others stay as they are.
fn expanded(source: &str) -> String {
    let file = syn::parse_file(source).expect("an input that parses");
    let names = identifiers(file.to_token_stream());
    let tokens: TokenStream = file.items.into_iter().map(expand_item).collect();
    let mut text = without_allowed_lints(tokens).to_string();
    // A readable hash instead of the number.
    for name in names {
        let hash = crate::names::hash(&name).to_string();
        text = text.replace(
            &hash,
            &format!("{{ ::vthread::__rt::name_hash({name:?}) }}"),
        );
    }
    let file = syn::parse_file(&text)
        .unwrap_or_else(|error| panic!("an expansion that parses: {error}\n{text}"));
    // Shorter paths, the same in all expansions.
    prettyplease::unparse(&file)
        .replace("::vthread::__rt::", "rt::")
        .replace("::core::marker::", "")
        .replace("::core::result::Result::", "")
        .replace("::std::boxed::", "")
}

fn identifiers(tokens: TokenStream) -> BTreeSet<String> {
    let of_tree = |tree| match tree {
        TokenTree::Ident(ident) => BTreeSet::from([ident.to_string()]),
        TokenTree::Group(group) => identifiers(group.stream()),
        _ => BTreeSet::new(),
    };
    tokens.into_iter().flat_map(of_tree).collect()
}

/// Removes `#[allow(..)]`, which only silences lints, and the like for clippy.
fn without_allowed_lints(tokens: TokenStream) -> TokenStream {
    let is_allow = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => {
            let text = group.stream().to_string().replace(' ', "");
            text.starts_with("allow") || text.starts_with("cfg_attr(clippy,")
        }
        _ => false,
    };
    let mut trees = tokens.into_iter().peekable();
    let mut kept = TokenStream::new();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(punct)
                if punct.as_char() == '#' && trees.peek().is_some_and(is_allow) =>
            {
                trees.next();
            }
            TokenTree::Group(group) => {
                let inside = without_allowed_lints(group.stream());
                kept.append(Group::new(group.delimiter(), inside));
            }
            other => kept.append(other),
        }
    }
    kept
}

fn expand_item(mut item: Item) -> TokenStream {
    let attrs = match &mut item {
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        _ => return item.into_token_stream(),
    };
    let at = attrs
        .iter()
        .position(|attr| attr.path().is_ident("vthread"));
    let attr = attrs.remove(at.expect("the attribute"));
    let options = match attr.meta {
        syn::Meta::List(list) => list.tokens,
        _ => quote!(),
    };
    crate::item::expand(options, item.into_token_stream())
}

fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package is in the workspace")
}
