//! The main example with its own server.

use crate::program::{Download, error_line, text};

#[test]
fn downloads_all_pages() {
    let run = Download::new(&[]);
    let output = run.end();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let files = run.files();
    assert_eq!(files.len(), 200);
    for (page, name) in files.iter().enumerate() {
        assert_eq!(*name, format!("page-{page:03}.txt"));
        assert_page_is_whole(page, &run.read(name));
    }
    let summary = text(&output.stdout);
    assert!(summary.contains("190 smaller"), "{summary}");
    assert!(summary.contains("200 files"), "{summary}");
    // Not a terminal, so there is a plain line for each page.
    assert_eq!(text(&output.stderr).lines().count(), 200);
}

#[test]
fn one_at_a_time_is_enough() {
    let run = Download::new(&["--max-concurrency", "1", "--fail"]);
    let output = run.end();
    assert_eq!(output.status.code(), Some(1));
    // The pages come in order, so exactly those before the failing one are complete.
    assert_eq!(run.files().len(), 120);
}

#[test]
fn the_first_failure_ends_all() {
    let run = Download::new(&["--fail"]);
    let output = run.end();
    assert_eq!(output.status.code(), Some(1));
    let error = error_line(&output);
    assert!(error.starts_with("error: http://127.0.0.1:"), "{error}");
    assert!(
        error.ends_with("/page-120.txt: the server answered 500 Internal Server Error"),
        "{error}"
    );
    run.assert_no_part_files();
    assert!(run.files().len() < 200);
    for name in run.files() {
        let page = name["page-".len()..][..3].parse().expect("a page's number");
        assert_page_is_whole(page, &run.read(&name));
    }
    assert_eq!(text(&output.stdout), "");
}

/// Each page repeats in each line its number and the number of lines.
fn assert_page_is_whole(page: usize, content: &str) {
    let lines: Vec<_> = content.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let expected = format!(
            "page {page:03}, line {number:04} of {:04}: the quick brown fox",
            lines.len()
        );
        assert_eq!(*line, expected);
    }
    assert!(lines.len() >= 4);
}
