//! Rustdoc shows a user's library as it would without the transform, except for a line below each
//! function that it may suspend, and for traits: they show their requirements, and that their
//! methods return a `Call`.

use super::package;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

const SOURCE: &str = include_str!("library.rs");

#[test]
fn t16_pages_show_what_the_user_wrote() {
    let plain = SOURCE.replace("#[vthread::vthread]\n", "");
    assert_ne!(plain, SOURCE);
    let (shown, expected) = (pages("shown", SOURCE), pages("shown_plain", &plain));
    for name in ["fn.buy.html", "struct.Till.html", "trait.Pay.html"] {
        let (shown, expected) = (&shown[name], &expected[name]);
        for hidden in ["Suspends<", "impl Future", "__vthread"] {
            assert!(!shown.contains(hidden), "{hidden} in {name}:\n{shown}");
        }
        let (notes, others): (Vec<&str>, Vec<&str>) = shown
            .lines()
            .partition(|line| line.starts_with("A vthread "));
        assert_eq!(notes.len(), 1, "{name}: {notes:?}");
        let as_plain = others
            .join("\n")
            .replace("-> Call<u32>", "-> u32")
            .replace(": Send + Sync {", " {");
        assert_eq!(as_plain.trim_end(), expected.trim_end(), "{name}");
    }
    assert!(shown["fn.buy.html"].contains("pub fn buy(n: u32) -> Result<u32>"));
    assert!(
        shown["struct.Till.html"].contains("pub fn open(&mut self, with: &str) -> Option<u32>")
    );
    assert!(shown["trait.Pay.html"].contains("fn pay(&self, n: u32) -> Call<u32>"));
    assert_eq!(
        shown.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
}

/// The text of each page of `source` as the library `name`.
fn pages(name: &str, source: &str) -> BTreeMap<String, String> {
    let package = package(name, "lib.rs", source);
    let target = package.parent().unwrap().join("target");
    let output = Command::new(env!("CARGO"))
        .args(["doc", "--offline", "--no-deps"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo doc failed:\n{said}");
    let folder = fs::read_dir(target.join("doc").join(name)).expect("there are pages");
    let files = folder.map(|entry| entry.expect("they can be listed").path());
    files
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "html")
        })
        .map(|file| {
            let page = fs::read_to_string(&file).expect("a page can be read");
            let file = file.file_name().unwrap().to_string_lossy().into_owned();
            (file, text(&page).replace(name, "library"))
        })
        .collect()
}

/// The text of a page as a reader sees it.
fn text(page: &str) -> String {
    let mut text = String::new();
    for piece in page.split('<') {
        text += piece.split_once('>').map_or(piece, |(_tag, after)| after);
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
