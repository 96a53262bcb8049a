//! The programs of the guide that need other crates, which rustdoc does not compile: they are
//! programs of this package, with the very text of the guide.

use std::path::Path;
use std::process::Command;

#[test]
fn the_guide_shows_these_programs() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = package.join("../../../docs/guide");
    let mut shown = Vec::new();
    let entries = std::fs::read_dir(pages).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    for page in files.filter(|file| file.extension().is_some_and(|ext| ext == "md")) {
        let page = std::fs::read_to_string(page).unwrap();
        let blocks = page.split("```rust,ignore\n").skip(1);
        let blocks = blocks.map(|rest| rest.split("```").next().unwrap().to_owned());
        shown.extend(blocks.filter(|block| block.contains("fn main()")));
    }
    let mut compiled = ["axum", "connection", "database"].map(|name| {
        let path = package.join("guide").join(name).with_extension("rs");
        let program = std::fs::read_to_string(path).unwrap();
        let (_documentation, program) = program.split_once("\n\n").unwrap();
        program.to_owned()
    });
    shown.sort();
    compiled.sort();
    assert_eq!(shown, compiled);
}

#[test]
fn the_programs_that_end_end_well() {
    for program in [
        env!("CARGO_BIN_EXE_guide_connection"),
        env!("CARGO_BIN_EXE_guide_database"),
    ] {
        let output = Command::new(program).output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
    }
}
