//! The source files of the compiled crate, for facts that a macro cannot see otherwise. If they
//! cannot be read, the facts are unknown.

use proc_macro2::Span;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The file that contains a span. Outside of a compiler, as in our own tests, there is none.
pub(crate) fn file_of(span: Span) -> Option<PathBuf> {
    if !proc_macro::is_available() {
        return None;
    }
    span.unwrap().local_file()
}

/// The text of a file, read once.
pub(crate) fn read(path: &Path) -> Option<Rc<String>> {
    thread_local! {
        static TEXTS: RefCell<HashMap<PathBuf, Option<Rc<String>>>> = RefCell::new(HashMap::new());
    }
    TEXTS.with_borrow_mut(|texts| {
        let text = texts
            .entry(path.to_owned())
            .or_insert_with(|| std::fs::read_to_string(path).ok().map(Rc::new));
        text.clone()
    })
}

/// The code of a file: its text with comments and literals blanked out.
pub(crate) fn code_of(path: &Path) -> Option<Rc<String>> {
    thread_local! {
        static CODES: RefCell<HashMap<PathBuf, Rc<String>>> = RefCell::new(HashMap::new());
    }
    let text = read(path)?;
    Some(CODES.with_borrow_mut(|codes| {
        let code = codes.entry(path.to_owned());
        Rc::clone(code.or_insert_with(|| Rc::new(blanked(&text))))
    }))
}

/// A line of a file, which is counted from one.
pub(crate) fn line_of(path: &Path, line: usize) -> Option<String> {
    let text = read(path)?;
    let start = *starts_of(path)?.get(line.checked_sub(1)?)?;
    text.get(start..)?.lines().next().map(str::to_owned)
}

/// Where the lines of a file begin.
pub(crate) fn starts_of(path: &Path) -> Option<Rc<Vec<usize>>> {
    thread_local! {
        static STARTS: RefCell<HashMap<PathBuf, Rc<Vec<usize>>>> = RefCell::new(HashMap::new());
    }
    let text = read(path)?;
    Some(STARTS.with_borrow_mut(|starts| {
        let found = starts.entry(path.to_owned());
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let all = || Rc::new(std::iter::once(0).chain(ends).collect());
        Rc::clone(found.or_insert_with(all))
    }))
}

/// The offset in the text where a span begins.
pub(crate) fn offset_of(span: Span, text: &str) -> Option<usize> {
    let start = span.unwrap().start();
    Some(offset_at(start.line(), start.column(), text))
}

/// The offset of a place, which is counted from one.
pub(crate) fn offset_at(line: usize, column: usize, text: &str) -> usize {
    let lines = text.split_inclusive('\n').take(line - 1);
    let before: usize = lines.map(str::len).sum();
    // Columns count characters; non-ASCII characters are rare in code.
    before + column - 1
}

/// The text with its comments and literals blanked out, at unchanged offsets.
pub(crate) fn blanked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => comment_end(bytes, at),
            b'"' => string_end(bytes, at + 1),
            b'r' if !is_in_word(bytes, at) => match raw_string_end(bytes, at + 1) {
                Some(end) => end,
                None => at + 1,
            },
            b'\'' => character_end(bytes, at),
            _ => at + 1,
        };
        let end = end.min(bytes.len());
        if end > at + 1 {
            out[at..end]
                .iter_mut()
                .filter(|byte| **byte != b'\n')
                .for_each(|byte| *byte = b' ');
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let length = bytes[at..].iter().position(|byte| *byte == b'\n');
    length.map_or(bytes.len(), |length| at + length)
}

/// The end of a block comment, which may be nested.
fn comment_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of `r"..."` or `r#"..."#`, if it is one: `at` is behind the `r`.
fn raw_string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let hashes = bytes[at..].iter().take_while(|byte| **byte == b'#').count();
    let inside = at + hashes + 1;
    if bytes.get(at + hashes) != Some(&b'"') {
        return None;
    }
    let mut closing = vec![b'"'];
    closing.resize(1 + hashes, b'#');
    let mut windows = bytes[inside..].windows(closing.len());
    let length = windows.position(|window| window == closing)?;
    Some(inside + length + closing.len())
}

/// The end of a character literal. A lifetime ends at once.
fn character_end(bytes: &[u8], at: usize) -> usize {
    let inside = bytes.get(at + 1);
    if inside == Some(&b'\\') {
        let end = bytes[at + 2..]
            .iter()
            .skip(1)
            .position(|byte| *byte == b'\'');
        return end.map_or(bytes.len(), |length| at + length + 4);
    }
    // A character has up to four bytes.
    let mut ends = (at + 2)..=(at + 5);
    let end = ends.find(|end| bytes.get(*end) == Some(&b'\''));
    let is_one = |end: &usize| {
        let inside = std::str::from_utf8(&bytes[at + 1..*end]);
        inside.is_ok_and(|inside| inside.chars().count() == 1)
    };
    end.filter(is_one).map_or(at + 1, |end| end + 1)
}

fn is_in_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && is_of_word(bytes[at - 1]) && !is_byte_prefix(bytes, at - 1)
}

fn is_byte_prefix(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[at], b'b' | b'c') && (at == 0 || !is_of_word(bytes[at - 1]))
}

pub(crate) fn is_of_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::blanked;

    #[test]
    fn comments_and_literals_are_blanks() {
        for (source, expected) in [
            ("a // b {\nc", "a       \nc"),
            ("a /* /* { */ } */ b", "a                 b"),
            (r#"f("{\"", b"}", c"{")"#, "f(     , b   , c   )"),
            (
                r##"r#"{"}"# + br"{" + r#type"##,
                "         + b     + r#type",
            ),
            (
                r"('{', '\'', '\u{7d}', 'a, '_)",
                r"(   ,     ,         , 'a, '_)",
            ),
            ("'é' 'x: loop", "     'x: loop"),
        ] {
            assert_eq!(blanked(source), expected, "{source}");
        }
    }
}
