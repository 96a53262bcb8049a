//! The messages of rustc about refused programs use the user's terms: a message names no generated
//! code, and it points at the user's code.

use std::fs;

use crate::assert_none;
use crate::source::{files_below, relative, root};

/// Messages that name hidden items all the same, and why.
const KNOWN: &[(&str, &str)] = &[
    (
        "body_lowercase_tuple_struct",
        "rustc names the import that fails, and a macro cannot tell a structure from a function",
    ),
    (
        "closure_macro_awaited",
        "rustc writes the whole type of a `closure!`",
    ),
    (
        "closure_macro_called_as_a_function",
        "rustc writes the whole type of a `closure!`",
    ),
];

#[test]
fn refused_programs_have_their_message() {
    let mut broken = Vec::new();
    for program in files_below(&root().join("tests/ui/fail"), "rs") {
        let message = program.with_extension("stderr");
        let Ok(text) = fs::read_to_string(&message) else {
            broken.push(format!("{} has no .stderr", relative(&program)));
            continue;
        };
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        let source = fs::read_to_string(&program).unwrap_or_default();
        let is_known = KNOWN.iter().any(|(known, _)| *known == name);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if !["error", "warning"]
                .iter()
                .any(|kind| line.starts_with(kind))
            {
                continue;
            }
            if let Some(hidden) = hidden_name(line, &source).filter(|_| !is_known) {
                broken.push(format!("{}: `{hidden}` in {line}", relative(&message)));
            }
            let place = lines.next().unwrap_or_default();
            if let Some((_, path)) = place.split_once("--> ")
                && !path.starts_with("tests/ui/fail/")
            {
                broken.push(format!("{}: {line} at {path}", relative(&message)));
            }
        }
    }
    assert_none(
        broken,
        "a refused program's message is committed, speaks the user's language and points at the user's tokens",
    );
}

/// A hidden name in a message. A name that the program itself uses, as an attack on hidden items
/// does, is the user's.
fn hidden_name<'a>(message: &'a str, program: &str) -> Option<&'a str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let names = message.split(|c: char| !is_part(c));
    let is_hidden = |name: &&str| {
        let parts = || name.split("::");
        parts().any(|part| {
            let is_ours = part.starts_with("__") || matches!(part, "vthread_runtime" | "rt");
            is_ours && !program.contains(part)
        })
    };
    names.into_iter().find(is_hidden)
}
