//! The rules of the house that a program can check.
//!
//! Each test names what breaks its rule, and ARCHITECTURE.md says why the rule is there.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers of the runtime crate from the bottom up. A file may name its own layer and those
/// before it; the modules of one line may name one another.
const LAYERS: &[&[&str]] = &[
    &["primitive", "intrusive"],
    &["task"],
    &["scheduler"],
    &["group"],
    &["driver"],
    &["sync"],
    &["io", "net", "time", "signal"],
];

/// Where the layers are put together: these may name all of them.
const COMPOSITION: &[&str] = &["lib", "runtime", "macro_support"];

/// The most lines of code, without comments and blank lines, that a file may have.
const MAX_CODE_LINES: usize = 400;

/// The only files with unsafe code.
const UNSAFE_FILES: &[&str] = &[];

#[test]
fn layers_point_one_way() {
    let mut broken = Vec::new();
    for source in sources(&["vthread-runtime/src"]) {
        let module = source.module();
        let top = module[0].as_str();
        if COMPOSITION.contains(&top) {
            continue;
        }
        let Some(own) = layer_of(top) else {
            broken.push(format!("{}: `{top}` has no place in LAYERS", source.path));
            continue;
        };
        for name in source.names_below_the_root() {
            if layer_of(&name).is_some_and(|named| named > own) {
                broken.push(format!("{} is in `{top}` and names `{name}`", source.path));
            }
        }
    }
    assert_none(broken, "a layer knows only the layers below it");
}

#[test]
fn files_are_short() {
    let too_long = all_sources().into_iter().filter_map(|source| {
        let n = source
            .code
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count();
        (n > MAX_CODE_LINES).then(|| format!("{}: {n} lines of code", source.path))
    });
    assert_none(
        too_long.collect(),
        "a file that is longer answers two questions: split it there",
    );
}

#[test]
fn unsafe_code_is_only_where_the_list_says() {
    let mut broken = Vec::new();
    let mut seen = Vec::new();
    for source in all_sources() {
        // The macros spell the word in what they generate; their own code is forbidden to have any.
        if source.path.starts_with("vthread-macros/") || !has_word(&source.code, "unsafe") {
            continue;
        }
        if !UNSAFE_FILES.contains(&source.path.as_str()) {
            broken.push(format!("{} is not in UNSAFE_FILES", source.path));
        }
        if !source.code.contains("#![allow(unsafe_code)]") {
            broken.push(format!(
                "{} does not say #![allow(unsafe_code)]",
                source.path
            ));
        }
        seen.push(source.path);
    }
    let gone = UNSAFE_FILES
        .iter()
        .filter(|listed| !seen.iter().any(|path| path == *listed));
    broken.extend(gone.map(|listed| format!("{listed} has no unsafe code any more")));
    assert_none(broken, "unsafe code is in few files, and they are known");
}

#[test]
fn every_crate_denies_unsafe_code_at_its_root() {
    let roots = [
        ("src/lib.rs", "forbid(unsafe_code)"),
        ("vthread-macros/src/lib.rs", "forbid(unsafe_code)"),
        ("vthread-runtime/src/lib.rs", "deny(unsafe_code)"),
    ];
    let broken = roots
        .iter()
        .filter(|(path, attribute)| !read(path).contains(attribute));
    assert_none(
        broken
            .map(|(path, attribute)| format!("{path} does not say {attribute}"))
            .collect(),
        "a file that needs unsafe code has to ask for it",
    );
}

#[test]
fn unsafe_blocks_say_why_they_are_sound() {
    let mut broken = Vec::new();
    for source in all_sources() {
        if source.path.starts_with("vthread-macros/") {
            continue;
        }
        let (code, text): (Vec<_>, Vec<_>) =
            (source.code.lines().collect(), source.text.lines().collect());
        for (idx, line) in code.iter().enumerate() {
            let is_block = line.contains("unsafe {") || line.trim_end().ends_with("unsafe");
            if !is_block && !line.contains("unsafe impl") {
                continue;
            }
            // The comment stands above the statement, which may have begun some lines before.
            let nearby = &text[idx.saturating_sub(8)..=idx];
            if !nearby.iter().any(|line| line.contains("SAFETY:")) {
                broken.push(format!("{}:{}", source.path, idx + 1));
            }
        }
    }
    assert_none(
        broken,
        "a `// SAFETY:` comment names the fact that the block rests on",
    );
}

#[test]
fn refused_programs_have_their_message() {
    let mut broken = Vec::new();
    for program in files_below(&root().join("tests/ui/fail"), "rs") {
        let message = program.with_extension("stderr");
        let Ok(text) = fs::read_to_string(&message) else {
            broken.push(format!("{} has no .stderr", relative(&program)));
            continue;
        };
        let primary = text.lines().filter(|line| line.starts_with("error"));
        let inner = primary.filter(|line| line.contains("__vthread") || line.contains("__rt"));
        broken.extend(inner.map(|line| format!("{}: {line}", relative(&message))));
    }
    assert_none(
        broken,
        "a refused program's message is committed and speaks the user's language",
    );
}

#[test]
fn crates_share_the_lints() {
    let manifests = [
        "Cargo.toml",
        "vthread-macros/Cargo.toml",
        "vthread-runtime/Cargo.toml",
        "benches/Cargo.toml",
    ];
    let broken = manifests
        .iter()
        .filter(|path| !read(path).contains("[lints]\nworkspace = true"));
    assert_none(
        broken.map(|path| (*path).to_owned()).collect(),
        "every crate has the workspace's lints",
    );
}

#[test]
fn every_example_is_run_by_a_test() {
    let tests = files_below(&root().join("tests/examples"), "rs")
        .iter()
        .map(|path| read(&relative(path)))
        .collect::<String>();
    let entries = fs::read_dir(root().join("examples")).expect("the examples");
    let names = entries.map(|entry| entry.expect("an entry").path());
    let unused = names.filter_map(|path| {
        let name = path.file_stem()?.to_str()?.to_owned();
        (!tests.contains(&format!("\"{name}\""))).then_some(name)
    });
    assert_none(unused.collect(), "tests/examples runs every example");
}

fn assert_none(broken: Vec<String>, rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// A source file.
struct Source {
    /// Where it is, from the root of the workspace.
    path: String,
    text: String,
    /// The text without comments and the contents of literals; the lines are the same.
    code: String,
}

fn all_sources() -> Vec<Source> {
    sources(&[
        "src",
        "vthread-macros/src",
        "vthread-runtime/src",
        "tests",
        "examples",
        "benches/src",
    ])
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let files = folders
        .iter()
        .flat_map(|folder| files_below(&root().join(folder), "rs"));
    let own = files.filter(|path| !relative(path).starts_with("tests/ui/"));
    own.map(|path| {
        let text = fs::read_to_string(&path).expect("a source file");
        Source {
            path: relative(&path),
            code: strip(&text),
            text,
        }
    })
    .collect()
}

impl Source {
    /// The path of the file's module inside its crate.
    fn module(&self) -> Vec<String> {
        let (_, inside) = self.path.split_once("src/").expect("a file of a crate");
        let mut module: Vec<_> = inside
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if module.len() > 1 && module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        module
    }

    /// The first names of all paths that begin at the crate's root, written with `crate` or with
    /// enough `super`s.
    fn names_below_the_root(&self) -> Vec<String> {
        let to_the_root = "super::".repeat(self.module().len());
        let mut names = Vec::new();
        for start in ["crate::", to_the_root.as_str()] {
            for (at, _) in self.code.match_indices(start) {
                first_names(&self.code[at + start.len()..], &mut names);
            }
        }
        names
    }
}

/// What a path goes on with: one name, or those of a list in braces.
fn first_names(rest: &str, names: &mut Vec<String>) {
    let Some(list) = rest.strip_prefix('{') else {
        names.push(leading_name(rest));
        return;
    };
    let mut depth = 0;
    let mut at_start = true;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            c if at_start && !c.is_whitespace() => {
                names.push(leading_name(&list[at..]));
                at_start = false;
            }
            _ => {}
        }
    }
}

fn leading_name(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn has_word(code: &str, word: &str) -> bool {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|found| found == word)
}

/// The code of a Rust file, without its comments and without what stands in its literals.
fn strip(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment_len(rest)
        } else if let Some(hashes) = raw_string_start(rest, &code) {
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = hashes + 2;
            rest[begin..]
                .find(&end)
                .map_or(rest.len(), |at| begin + at + end.len())
        } else if first == '"' {
            literal_len(rest, '"')
        } else if first == '\'' && is_char_literal(rest) {
            literal_len(rest, '\'')
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
        rest = &rest[skipped..];
    }
    code
}

/// How many `#` a raw string has that begins here, and not in the middle of a name.
fn raw_string_start(rest: &str, before: &str) -> Option<usize> {
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') && !before.ends_with('b') {
        return None;
    }
    let after = rest.strip_prefix('r')?;
    let hashes = after.chars().take_while(|c| *c == '#').count();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// A quote begins a character, not a lifetime, when another follows after one, maybe escaped.
fn is_char_literal(rest: &str) -> bool {
    let mut following = rest.chars().skip(1);
    following.next() == Some('\\') || following.next() == Some('\'')
}

fn literal_len(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn block_comment_len(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        if tail.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

#[test]
fn stripping_leaves_code_alone() {
    let text = "let a = \"unsafe \\\" {\"; // unsafe\nlet b = r#\"un\"safe\"#; /* un /* in */ safe */ c('\\'', '{', &'a x)";
    assert_eq!(strip(text), "let a = ; \nlet b = ;  c(, , &'a x)");
    let mut names = Vec::new();
    first_names("{task::{self, x}, group::y, io}; z", &mut names);
    assert_eq!(names, ["task", "group", "io"]);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).expect("a file of the workspace");
    inside.to_str().expect("plain text").replace('\\', "/")
}

/// All files with this extension in a folder and the folders in it, sorted.
fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}
