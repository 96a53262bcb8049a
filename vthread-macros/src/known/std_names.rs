//! The names of std's functions, in order: a lookup costs nothing before it.
//!
//! A macro is usually not optimised, and a set that is filled at its start took longer than all
//! lookups of a small crate. So the lists are taken apart when this crate is compiled.

use std::cmp::Ordering;

// Written by the example `std_names` from std's documentation.
const METHODS_TEXT: &str = include_str!("std_methods.txt");
const FUNCTIONS_TEXT: &str = include_str!("std_functions.txt");
/// Written by hand.
const EXCEPTIONS_TEXT: &str = include_str!("exceptions.txt");

pub(super) static METHODS: [&str; count(METHODS_TEXT)] = sorted(METHODS_TEXT);
pub(super) static FUNCTIONS: [&str; count(FUNCTIONS_TEXT)] = sorted(FUNCTIONS_TEXT);
/// Names that are looked at all the same; `*` at the end stands for any rest.
pub(super) static EXCEPTIONS: [&str; count(EXCEPTIONS_TEXT)] = sorted(EXCEPTIONS_TEXT);
/// The beginnings that stand before a `*`.
static BEGINNINGS: [&str; count_beginnings()] = beginnings();

/// Whether a list has a name. Over indices the search costs less than over a closure, see above.
pub(super) fn has(list: &[&str], name: &str) -> bool {
    let (mut start, mut end) = (0, list.len());
    while start < end {
        let middle = (start + end) / 2;
        match Ord::cmp(list[middle].as_bytes(), name.as_bytes()) {
            Ordering::Equal => return true,
            Ordering::Less => start = middle + 1,
            Ordering::Greater => end = middle,
        }
    }
    false
}

/// Whether a name is an exception.
pub(super) fn is_exception(name: &str) -> bool {
    has(&EXCEPTIONS, name) || BEGINNINGS.iter().any(|begin| name.starts_with(begin))
}

const fn count_beginnings() -> usize {
    let (mut n, mut at) = (0, 0);
    while at < EXCEPTIONS.len() {
        n += is_beginning(EXCEPTIONS[at]) as usize;
        at += 1;
    }
    n
}

const fn beginnings<const N: usize>() -> [&'static str; N] {
    let mut found = [""; N];
    let (mut n, mut at) = (0, 0);
    while at < EXCEPTIONS.len() {
        let name = EXCEPTIONS[at];
        if is_beginning(name) {
            found[n] = name.split_at(name.len() - 1).0;
            n += 1;
        }
        at += 1;
    }
    found
}

const fn is_beginning(name: &str) -> bool {
    name.as_bytes()[name.len() - 1] == b'*'
}

/// The words of a text without its comments, which begin with `#`.
const fn sorted<const N: usize>(text: &'static str) -> [&'static str; N] {
    let mut names = [""; N];
    let (mut n, mut at) = (0, 0);
    while let Some((start, end)) = word(text, at) {
        at = end;
        let name = text.split_at(end).0.split_at(start).1;
        // Most of them stand in order already.
        let mut place = n;
        while place > 0 && is_before(name, names[place - 1]) {
            names[place] = names[place - 1];
            place -= 1;
        }
        names[place] = name;
        n += 1;
    }
    names
}

const fn count(text: &str) -> usize {
    let (mut n, mut at) = (0, 0);
    while let Some((_, end)) = word(text, at) {
        (n, at) = (n + 1, end);
    }
    n
}

/// Where the first word behind `at` begins and ends.
const fn word(text: &str, mut at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    while at < bytes.len() && (bytes[at] == b'#' || bytes[at].is_ascii_whitespace()) {
        let is_comment = bytes[at] == b'#';
        while is_comment && at + 1 < bytes.len() && bytes[at + 1] != b'\n' {
            at += 1;
        }
        at += 1;
    }
    let start = at;
    while at < bytes.len() && bytes[at] != b'#' && !bytes[at].is_ascii_whitespace() {
        at += 1;
    }
    if at > start { Some((start, at)) } else { None }
}

const fn is_before(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() {
        if one[at] != other[at] {
            return one[at] < other[at];
        }
        at += 1;
    }
    one.len() < other.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_in_order_and_has_all_its_words() {
        for list in [&METHODS[..], &FUNCTIONS, &EXCEPTIONS] {
            assert!(list.is_sorted() && !list.contains(&""));
            assert!(list.iter().all(|name| has(list, name)));
        }
        let words: Vec<&str> = METHODS_TEXT.split_whitespace().collect();
        assert_eq!(words.len(), METHODS.len());
        assert!(words.iter().all(|word| has(&METHODS, word)));
        assert!(!has(&METHODS, "") && !has(&METHODS, "zzz") && !has(&METHODS, "spaw"));
    }

    #[test]
    fn a_comment_is_no_name() {
        assert!(BEGINNINGS.contains(&"set_"));
        const TEXT: &str = "# a comment\nb a # of c\n#\nab*\n";
        assert_eq!(sorted::<{ count(TEXT) }>(TEXT), ["a", "ab*", "b"]);
        assert!(is_exception("set_nonblocking") && is_exception("spawn"));
        assert!(!is_exception("settle") && !is_exception("comment"));
    }
}
