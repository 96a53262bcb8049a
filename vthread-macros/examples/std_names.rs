//! Writes the names of the standard library's public methods and associated functions, from the
//! documentation that is installed beside the compiler:
//!
//! ```text
//! rustup component add rust-docs
//! cargo run -p vthread-macros --example std_names
//! ```
//!
//! Run it when the minimum version of Rust rises, then read the additions: a name that is common
//! for suspending methods goes into `src/known/exceptions.txt`. Unstable items are left out, so
//! that no name is taken before std has it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The pages of items that have methods.
const PAGES: &[&str] = &["struct.", "enum.", "union.", "trait.", "primitive."];
const UNSTABLE: &str = r#"<div class="stab unstable""#;
const WIDTH: usize = 100;

#[derive(Default)]
struct Names {
    methods: BTreeSet<String>,
    functions: BTreeSet<String>,
}

fn main() -> io::Result<()> {
    let documentation = documentation()?;
    let mut names = Names::default();
    read_folder(&documentation, &mut names)?;
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/body/skip");
    write(&target.join("std_methods.txt"), &names.methods)?;
    write(&target.join("std_functions.txt"), &names.functions)
}

fn documentation() -> io::Result<PathBuf> {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()?;
    let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let folder = Path::new(&sysroot).join("share/doc/rust/html/std");
    match folder.is_dir() {
        true => Ok(folder),
        false => Err(io::Error::other(format!(
            "{} is missing: `rustup component add rust-docs`",
            folder.display()
        ))),
    }
}

fn read_folder(folder: &Path, names: &mut Names) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            read_folder(&path, names)?;
        } else if PAGES.iter().any(|page| name.starts_with(page)) {
            read_page(&fs::read_to_string(&path)?, names);
        }
    }
    Ok(())
}

/// Each method has a section that begins with its signature; an unstable one is marked right after.
fn read_page(page: &str, names: &mut Names) {
    let mut sections = page.split("<section id=\"");
    let head = sections.next().unwrap_or_default();
    if head
        .split("<h2")
        .next()
        .is_some_and(|top| top.contains(UNSTABLE))
    {
        return;
    }
    for section in sections {
        if !section.starts_with("method.") && !section.starts_with("tymethod.") {
            continue;
        }
        let Some((_, rest)) = section.split_once("<h4 class=\"code-header\">") else {
            continue;
        };
        let Some((signature, after)) = rest.split_once("</h4>") else {
            continue;
        };
        let after = after
            .trim_start_matches("</section>")
            .trim_start_matches("</summary>");
        if after.starts_with(&format!("<span class=\"item-info\">{UNSTABLE}")) {
            continue;
        }
        if let Some((name, has_receiver)) = parse(&without_tags(signature)) {
            match has_receiver {
                true => names.methods.insert(name),
                false => names.functions.insert(name),
            };
        }
    }
}

/// The name of a function, and whether its first argument is `self`.
fn parse(signature: &str) -> Option<(String, bool)> {
    let (_, rest) = signature.split_once("fn ")?;
    let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    let (name, mut rest) = rest.split_at(length);
    if rest.starts_with('<') {
        let mut depth = 0;
        let mut before = ' ';
        let end = rest.find(|c| {
            depth += match c {
                '<' => 1,
                // Skips the `>` of an arrow.
                '>' if before != '-' => -1,
                _ => 0,
            };
            before = c;
            depth == 0
        })?;
        rest = &rest[end + 1..];
    }
    let first = rest.strip_prefix('(')?.split([',', ')', ':']).next()?;
    let has_receiver = first
        .split_whitespace()
        .last()
        .is_some_and(|last| last.trim_start_matches('&') == "self");
    Some((name.to_owned(), has_receiver))
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text += part.split_once('>').map_or(part, |(_, rest)| rest);
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replace("&#39;", "'")
}

/// Words in lines of even length.
fn write(path: &Path, names: &BTreeSet<String>) -> io::Result<()> {
    let mut text = String::new();
    let mut column = 0;
    for name in names {
        if column + name.len() > WIDTH {
            text += "\n";
            column = 0;
        } else if column > 0 {
            text += " ";
        }
        text += name;
        column += name.len() + 1;
    }
    println!("{}: {} names", path.display(), names.len());
    fs::write(path, text + "\n")
}
