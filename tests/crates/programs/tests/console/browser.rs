//! A real browser (Debian's `chromium`, without a window) shows the page.

use super::client::{Program, all_wait, start};
use std::io::ErrorKind;
use std::process::Command;

/// The document after some seconds of the page's own time, or `None` if there is no browser.
fn document(program: &Program, query: &str) -> Option<String> {
    let profile = tempfile::tempdir().unwrap();
    let ran = Command::new("timeout")
        .args([
            "120",
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
        ])
        .args(["--virtual-time-budget=4000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("http://{}/{query}", program.addr))
        .output();
    let output = match ran {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        ran => Some(ran.unwrap()).filter(|output| output.status.code() != Some(127)),
    };
    let Some(output) = output else {
        println!("!!!!!! NO chromium HERE: install it; the console's page is not looked at !!!!!!");
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The text of the document, without its marks.
fn text(document: &str) -> String {
    let body = document.split("<body").nth(1).unwrap();
    let body = body.split("<script").next().unwrap();
    let pieces = body
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.collect()
}

#[test]
fn the_page_shows_groups_vthreads_and_figures() {
    let program = start(&["10000"]);
    program.wait("/tree.json", |tree| {
        tree["deadlocks"] == 1 && all_wait(tree, 10_000)
    });
    let Some(document) = document(&program, "") else {
        return;
    };
    let text = text(&document);
    for wanted in [
        "console_main, process ",
        "live",
        "vthreads alive",
        "polls a second",
        "1 deadlock reported",
        "vthread: deadlock: 2 vthreads wait for one another",
        "group server with 10,022 children",
        "10,000 × client # waiting for the children of its group",
        "10,000 × group connection with 20,000 children",
        "10,000 × reader waiting for a message at ",
        "group jobs with 3 children, 3 of at most 3 running, 1 waiting for room",
        "3 × job # waiting for a message",
        "20 × vthread waiting for a lock at ",
        "· taken by `holder` (spawned at ",
        // A name is a text, whatever it contains.
        "&lt;b&gt;jobs&lt;/b&gt; ",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    if cfg!(debug_assertions) {
        assert!(
            text.contains("in console_main::serve, called at "),
            "{text}"
        );
    }
    // The curves have points.
    assert!(
        document.matches("<polyline points=\"").count() >= 15,
        "{document}"
    );
}

#[test]
fn the_page_searches() {
    let program = start(&["100", "named"]);
    program.wait("/tree.json", |tree| all_wait(tree, 100));
    let Some(document) = document(&program, "?q=CLIENT+acz") else {
        return;
    };
    let text = text(&document);
    assert!(
        text.contains("client acz #") && !text.contains("holder"),
        "{text}"
    );
    assert!(text.contains("4 of 3"), "{text}");
}
