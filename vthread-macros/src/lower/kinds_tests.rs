//! Checks that the rewrite keeps what it is made of: every kind of statement, pattern, type and
//! generic argument that `syn` knows, and every modifier of an expression.
//!
//! `emit/attributes.rs` has the kinds of expressions. The lists are compared with those of `syn`
//! itself, so that a kind which is new there is missed here.

use super::{Lowering, Returns, Subject};
use crate::emit::attributes;
use quote::ToTokens;
use std::path::PathBuf;
use std::process::Command;
use syn::parse::Parser;
use syn::visit_mut::VisitMut;
use syn::{Block, GenericArgument, Pat, Stmt, Type};

/// Kinds without a syntax of their own: tokens that `syn` does not understand, and what a
/// `macro_rules!` macro passes on, for which `language/macros_by_example.rs` has tests.
const WITHOUT_SYNTAX: &[&str] = &["Verbatim", "Group"];

macro_rules! kind_of {
    ($enum:ident, $value:expr, $($kind:ident)*) => {
        match $value {
            $($enum::$kind(..) => stringify!($kind),)*
            #[allow(unreachable_patterns)]
            _ => "unknown",
        }
    };
}

fn rewritten(mut body: Block) -> String {
    let mut lowering = Lowering::new(Subject::default(), Returns::default());
    lowering.visit_block_mut(&mut body);
    assert!(lowering.errors.is_empty(), "{}", body.to_token_stream());
    body.to_token_stream().to_string()
}

/// The body is rewritten, and contains these words afterwards.
fn keeps(body: &str, words: &impl ToTokens) {
    let words = words.to_token_stream().to_string();
    let block = Block::parse_within.parse_str(body).expect(body);
    let block = Block {
        brace_token: Default::default(),
        stmts: block,
    };
    let rewritten = rewritten(block);
    assert!(rewritten.contains(&words), "{words} in {rewritten}");
}

/// The variants of an enumeration of `syn`, from its source.
fn kinds_of_syn(file: &str, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(sources_of_syn().join(file)).expect("a source of syn");
    let (_, after) = text.split_once(&format!("pub enum {name} {{")).expect(name);
    let (inside, _) = after.split_once("\n    }").expect("the end of it");
    let lines = inside.lines().map(str::trim);
    let variants = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    let names = variants.filter_map(|line| line.split_once('(').map(|(name, _)| name.to_owned()));
    names
        .filter(|name| !WITHOUT_SYNTAX.contains(&name.as_str()))
        .collect()
}

/// Where cargo keeps the source of the `syn` that these macros use.
fn sources_of_syn() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--format-version=1"])
        // Crates for other systems need not be there.
        .args(["--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo can be run");
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let after = text.split("\"manifest_path\":\"").skip(1);
    let mut manifests = after.filter_map(|rest| rest.split('"').next());
    let manifest = manifests.find(|path| path.contains("/syn-3."));
    PathBuf::from(manifest.expect("the manifest of syn")).with_file_name("src")
}

/// The system that this is compiled for.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output();
    let output = output.expect("rustc can be run");
    let text = String::from_utf8(output.stdout).expect("rustc writes UTF-8");
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.expect("the host").to_owned()
}

#[test]
fn t01_the_kinds_of_expressions_are_those_of_syn() {
    let known = attributes::KINDS.iter().filter(|kind| **kind != "Group");
    assert!(known.eq(kinds_of_syn("expr.rs", "Expr").iter()));
}

#[test]
fn t01_every_kind_of_statement_is_kept() {
    let samples = [
        "let (mut a, ref b): (u8, u8) = pair() else { return };",
        "use a::b as c;",
        "call(1);",
        "unknown! { a }",
    ];
    let mut kinds = Vec::new();
    for sample in samples {
        let marked = format!("#[the_mark] {sample}");
        let statements = Block::parse_within.parse_str(&marked).expect(sample);
        kinds.push(kind_of!(Stmt, &statements[0], Local Item Expr Macro));
        keeps(&marked, &quote::quote!(#[the_mark]));
    }
    assert_eq!(kinds, kinds_of_syn("stmt.rs", "Stmt"));
}

#[test]
fn t01_every_kind_of_pattern_is_kept() {
    let samples = [
        "const { 1 }",
        "n if n > 1",
        "ref mut n @ Some(_)",
        "-1",
        "pattern!(a)",
        "A | B",
        "(A | B)",
        "<A as B>::C",
        "1..=9",
        "&mut n",
        "..",
        "[a, ref b @ .., mut c]",
        "S { a, ref mut b, c: D(e), .. }",
        "(a, .., mut b)",
        "S(a, ref b)",
        "n: u8",
        "_",
    ];
    let mut kinds = Vec::new();
    for sample in samples {
        let (place, pattern) = match sample.contains(": u8") {
            true => {
                let text = format!("let {sample} = call();");
                let statements = Block::parse_within.parse_str(&text).expect(sample);
                let Some(Stmt::Local(local)) = statements.into_iter().next() else {
                    unreachable!("it is a `let`")
                };
                (text, local.pat)
            }
            false => {
                let text = format!("match call() {{ {sample} => call(), _ => call() }}");
                let choice: syn::ExprMatch = syn::parse_str(&text).expect(sample);
                (text, choice.arms.into_iter().next().expect("an arm").pat)
            }
        };
        kinds.push(kind_of!(
            Pat, &pattern,
            Const Guard Ident Lit Macro Or Paren Path Range Reference Rest Slice Struct Tuple
            TupleStruct Type Wild
        ));
        keeps(&place, &pattern);
    }
    assert_eq!(kinds, kinds_of_syn("pat.rs", "Pat"));
}

#[test]
fn t01_every_kind_of_type_is_kept() {
    let samples = [
        "[u8; 3]",
        "unsafe extern \"C\" fn(u8) -> u8",
        "impl Iterator<Item = u8>",
        "_",
        "ty!(a)",
        "!",
        "(dyn A)",
        "<A as B>::C<'a, 3>",
        "*const u8",
        "&'a mut u8",
        "[u8]",
        "dyn A + Send + 'a",
        "(u8, u16)",
    ];
    let mut kinds = Vec::new();
    for sample in samples {
        let ty: Type = syn::parse_str(sample).expect(sample);
        kinds.push(kind_of!(
            Type, &ty,
            Array FnPtr ImplTrait Infer Macro Never Paren Path Ptr Reference Slice TraitObject Tuple
        ));
        keeps(&format!("let n: {sample} = call();"), &ty);
        // No bounds can be added to a type there.
        if !sample.contains('+') {
            keeps(&format!("call() as {sample};"), &ty);
        }
    }
    assert_eq!(kinds, kinds_of_syn("ty.rs", "Type"));
}

#[test]
fn t01_every_kind_of_generic_argument_is_kept() {
    let samples = ["'a", "u8", "{ 3 }", "Item = u8", "N = 3", "Item: A"];
    let mut kinds = Vec::new();
    for sample in samples {
        let argument: GenericArgument = syn::parse_str(sample).expect(sample);
        kinds.push(kind_of!(
            GenericArgument, &argument,
            Lifetime Type Const AssocType AssocConst Constraint
        ));
        for place in [
            "let n: T<@> = call();",
            "call::<@>(1);",
            "a.call::<@>(1);",
            "T::<@>::call(1);",
        ] {
            keeps(&place.replace('@', sample), &argument);
        }
    }
    assert_eq!(kinds, kinds_of_syn("path.rs", "GenericArgument"));
}

#[test]
fn t01_every_modifier_of_an_expression_is_kept() {
    for (body, words) in [
        ("'a: loop { call(); break 'a; }", "'a : loop"),
        ("'a: while call() { continue 'a; }", "'a : while"),
        ("'a: for mut n in call() { break 'a; }", "'a : for"),
        ("'a: { break 'a call(); }", "'a :"),
        (
            "let f = move |mut a: u8, &b| -> u8 { call(a) };",
            "move | mut a : u8 , & b | -> u8",
        ),
        (
            "let f = for<'a> |a: &'a u8| -> &'a u8 { call(a) };",
            "for < 'a > | a",
        ),
        ("let f = async move { call(1) };", "async move"),
        ("let f = async move |a| call(a);", "async move | a |"),
        ("unsafe { call(1) };", "unsafe {"),
        ("call(&raw mut a);", "& raw mut a"),
        ("call(&mut a);", "& mut a"),
        ("let S { a, ..} = S { a: call(1), ..other() };", ".. "),
        ("call((1, ));", "1 ,"),
        ("let mut n = call(1);", "let mut n"),
    ] {
        let words: proc_macro2::TokenStream = match syn::parse_str(words) {
            Ok(words) => words,
            Err(_) => {
                let block = Block::parse_within.parse_str(body).expect(body);
                let block = Block {
                    brace_token: Default::default(),
                    stmts: block,
                };
                let rewritten = rewritten(block);
                assert!(rewritten.contains(words), "{words} in {rewritten}");
                continue;
            }
        };
        keeps(body, &words);
    }
}
