//! Items of a file, as far as its text shows. A macro sees only its own item; to parse the whole
//! file would cost the user's compiler more than the answers save.

use crate::source::is_of_word;
use std::ops::Range;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Function,
    Module,
    /// An `impl` or a trait.
    Block,
    Macro,
    Other,
}

/// An item, as far as its text shows.
pub(crate) struct Item<'code> {
    pub(crate) kind: Kind,
    /// The word that says what it is.
    pub(crate) word: &'code str,
    /// The words before it: `pub`, `unsafe`, `async`.
    pub(crate) modifiers: &'code str,
    pub(crate) name: &'code str,
    pub(super) name_at: usize,
    pub(super) after_name: &'code str,
    pub(crate) attributes: Vec<&'code str>,
    /// The code without attributes, up to the body.
    pub(crate) rest: &'code str,
    pub(crate) body: Option<Range<usize>>,
}

/// The items in a part of the code, whose comments and literals are blanks.
pub(crate) fn items(code: &str, range: Range<usize>) -> Vec<Item<'_>> {
    let bytes = &code.as_bytes()[..range.end];
    let (mut start, mut at) = (range.start, range.start);
    let mut items = Vec::new();
    while at < bytes.len() {
        match bytes[at] {
            b'(' | b'[' => at = closing(bytes, at),
            b';' => {
                items.extend(item(code, start..at, None));
                start = at + 1;
            }
            b'{' => {
                let end = closing(bytes, at);
                items.extend(item(code, start..at, Some(at + 1..end.min(bytes.len()))));
                start = end + 1;
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    items
}

/// Where a group ends that begins at `at`. This crate is usually not optimised: over an index the
/// loop costs less than over an iterator.
pub(super) fn closing(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < bytes.len() {
        match bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth <= 1 => return at,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn item(code: &str, header: Range<usize>, body: Option<Range<usize>>) -> Option<Item<'_>> {
    let mut attributes = Vec::new();
    let mut rest = code[header].trim();
    while let Some(after) = rest.strip_prefix('#') {
        let open = after.find('[')?;
        let close = closing(after.as_bytes(), open);
        // An inner attribute is the module's.
        if !after.starts_with('!') {
            let inside = after[open + 1..].trim_start();
            let end = inside.find(|c: char| !(c == '_' || c == ':' || c.is_alphanumeric()));
            attributes.push(&inside[..end.unwrap_or(inside.len())]);
        }
        rest = after.get(close + 1..)?.trim_start();
    }
    let (word, after) = keyword(rest);
    let (name, after_name) = first_word(after);
    let before = word.as_ptr() as usize - rest.as_ptr() as usize;
    let is_macro = || {
        let path = rest.split('!').next().unwrap_or_default();
        rest.contains('!')
            && path
                .trim()
                .bytes()
                .all(|byte| is_of_word(byte) || byte == b':')
    };
    let kind = match word {
        _ if rest.is_empty() && body.is_none() => return None,
        "fn" => Kind::Function,
        "mod" => Kind::Module,
        "impl" | "trait" => Kind::Block,
        "macro_rules" => return None,
        _ if is_macro() => Kind::Macro,
        _ => Kind::Other,
    };
    Some(Item {
        kind,
        word,
        modifiers: &rest[..before],
        name,
        name_at: name.as_ptr() as usize - code.as_ptr() as usize,
        after_name,
        attributes,
        rest,
        body,
    })
}

/// The word that says what an item is, and what follows.
fn keyword(mut rest: &str) -> (&str, &str) {
    loop {
        let (word, after) = first_word(rest);
        rest = match word {
            "pub" => match after.strip_prefix('(') {
                Some(inside) => inside
                    .split_once(')')
                    .map_or("", |(_, after)| after.trim_start()),
                None => after,
            },
            "default" | "unsafe" | "safe" | "async" | "const" | "extern" => after,
            _ => return (word, after),
        };
    }
}

pub(super) fn first_word(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !is_of_word(byte));
    let (word, rest) = text.split_at(end.unwrap_or(text.len()));
    (word, rest.trim_start())
}

/// What follows generic parameters, if there are any.
pub(super) fn after_angles(text: &str) -> &str {
    angles(text).map_or(text, |inside| text[inside.len() + 2..].trim_start())
}

/// How many lifetimes there are between angles, if there is nothing else.
pub(super) fn lifetimes(text: &str) -> Option<usize> {
    let inside = angles(text).unwrap_or_default();
    let all = parts(inside);
    all.iter()
        .all(|part| part.starts_with('\''))
        .then_some(all.len())
}

fn angles(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('<')?;
    let mut depth = 1;
    let end = inside.char_indices().find(|(at, c)| {
        match c {
            '<' => depth += 1,
            '>' if !inside[..*at].ends_with(['-', '=']) => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.map(|(at, _)| &inside[..at])
}

/// The parts of a list between commas.
pub(super) fn parts(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if list[..at].ends_with(['-', '=']) => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
