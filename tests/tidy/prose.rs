//! Comments: the words and the width that a program can check.

use crate::assert_none;
use crate::source::{all_sources, has_word, read, root};
use std::fs;

/// Words in whose place the field has nouns: the waiter, the spawner, the caller, a child.
const WORDS: &[&str] = &["anybody", "nobody", "somebody", "whoever", "whom"];

/// The last column of a comment.
const WIDTH: usize = 100;

/// The comment of a line that has nothing else.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("//")
        .map(|comment| comment.trim_start_matches(['/', '!']))
}

/// Whether these two words stand there, and not the beginning of `for every`.
fn is_for_ever(comment: &str) -> bool {
    let mut found = comment.match_indices("for ever");
    found.any(|(at, words)| !comment[at + words.len()..].starts_with(char::is_alphabetic))
}

#[test]
fn comments_use_the_words_of_the_field() {
    let mut broken = Vec::new();
    for source in all_sources() {
        for (idx, line) in source.text.lines().enumerate() {
            let Some(comment) = comment(line) else {
                continue;
            };
            let comment = comment.to_lowercase();
            let words = WORDS.iter().filter(|word| has_word(&comment, word));
            let found = words
                .copied()
                .chain(is_for_ever(&comment).then_some("for ever"));
            broken.extend(found.map(|word| format!("{}:{}: {word}", source.path, idx + 1)));
        }
    }
    assert_none(broken, "a comment names its subject by a noun");
}

#[test]
fn comments_end_at_the_last_column() {
    let mut broken = Vec::new();
    for source in all_sources() {
        let mut is_code = false;
        for (idx, line) in source.text.lines().enumerate() {
            let Some(comment) = comment(line) else {
                is_code = false;
                continue;
            };
            if comment.trim_start().starts_with("```") {
                is_code = !is_code;
            }
            // Code, tables and addresses have the width that they need.
            let needs_it =
                is_code || comment.trim_start().starts_with('|') || comment.contains("://");
            if line.chars().count() > WIDTH && !needs_it {
                broken.push(format!("{}:{}", source.path, idx + 1));
            }
        }
    }
    assert_none(broken, "a comment is read without scrolling");
}

#[test]
fn documentation_shows_the_facades_name() {
    let mut broken = Vec::new();
    for source in all_sources() {
        for (idx, line) in source.text.lines().enumerate() {
            let line = line.trim_start();
            let is_shown = line.starts_with("///") || line.starts_with("//!");
            if is_shown && line.contains("vthread_runtime::") {
                broken.push(format!("{}:{}", source.path, idx + 1));
            }
        }
    }
    assert_none(broken, "users write `vthread::`");
}

/// The bytes as the addresses of pictures have them.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for piece in bytes.chunks(3) {
        let byte = |at: usize| u32::from(piece.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..=piece.len() {
            let value = bits >> (18 - 6 * digit) & 63;
            text.push(char::from(DIGITS[value as usize]));
        }
        text.extend(std::iter::repeat_n('=', 3 - piece.len()));
    }
    text
}

/// On the pages of the guide that rustdoc makes they are inside the page, which needs no file then.
#[test]
fn pictures_in_the_documentation_are_those_of_the_guide() {
    let mut pages = String::new();
    for (file, name, kind) in PICTURES {
        let bytes = fs::read(root().join("docs/guide").join(file)).expect("a picture");
        assert!(bytes.len() < 150_000, "{file} has {} bytes", bytes.len());
        pages.push_str(&format!(
            "[{name}]: data:{kind};base64,{}\n",
            base64(&bytes)
        ));
    }
    let path = root().join("src/guide/pictures.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &pages).expect("it can be written");
    }
    let same = fs::read_to_string(&path).is_ok_and(|text| text == pages);
    assert!(same, "BLESS=1 writes {} anew", path.display());
}

/// The file, its name in the page, and its kind.
const PICTURES: [(&str, &str, &str); 2] = [
    ("console.png", "console picture", "image/png"),
    ("timeline.svg", "timeline picture", "image/svg+xml"),
];

/// The modules for a reader who knows std's.
const MIRRORS: [&str; 11] = [
    "src/time.rs",
    "vthread-runtime/src/fs/mod.rs",
    "vthread-runtime/src/io/mod.rs",
    "vthread-runtime/src/net/mod.rs",
    "vthread-runtime/src/net/unix/mod.rs",
    "vthread-runtime/src/os.rs",
    "vthread-runtime/src/process/mod.rs",
    "vthread-runtime/src/signal/mod.rs",
    "vthread-runtime/src/sync/mod.rs",
    "vthread-runtime/src/sync/mpsc.rs",
    "vthread-runtime/src/thread/mod.rs",
];

#[test]
fn pages_of_modules_open_with_the_table_of_std() {
    let has_table = |path: &&str| {
        let text = read(path);
        let page = text.lines().map_while(|line| line.strip_prefix("//!"));
        let mut opening = page.map(str::trim).filter(|line| !line.is_empty()).take(5);
        let head = opening.find(|line| line.starts_with('|'));
        head.is_some_and(|head| head.contains("std") && head.ends_with("| difference |"))
    };
    let broken = MIRRORS.iter().filter(|path| !has_table(path));
    let broken = broken.map(|path| path.to_string()).collect();
    assert_none(
        broken,
        "the page of a module opens with a table: std, here, difference",
    );
}
