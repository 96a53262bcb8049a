//! The timeline that a program writes with `VTHREAD_TRACE`: JSON whose events nest and match.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

/// The events of a run of the program.
fn events() -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("timeline.json");
    let status = Command::new(env!("CARGO_BIN_EXE_timeline_main"))
        .env("VTHREAD_TRACE", &path)
        .env("VTHREAD_WORKERS", "2")
        .status();
    assert!(status.unwrap().success());
    let text = fs::read_to_string(&path).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    all["traceEvents"].as_array().unwrap().clone()
}

fn time(event: &Value, member: &str) -> f64 {
    event[member].as_f64().unwrap_or_else(|| panic!("{event}"))
}

fn of_phase<'e>(events: &'e [Value], phase: &str) -> Vec<&'e Value> {
    let of_it = events.iter().filter(|event| event["ph"] == phase);
    of_it.collect()
}

/// The polls and sleeps of a thread lie one after the other, or one in the other.
fn they_nest(events: &[Value]) {
    let mut by_thread: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
    for event in of_phase(events, "X") {
        let begin = time(event, "ts");
        let spans = by_thread.entry(event["tid"].as_u64().unwrap()).or_default();
        spans.push((begin, begin + time(event, "dur")));
    }
    for spans in by_thread.values_mut() {
        spans.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        let mut open: Vec<f64> = Vec::new();
        for (begin, end) in spans {
            // Times are rounded to a nanosecond.
            while open.last().is_some_and(|outer| *outer <= *begin + 0.002) {
                open.pop();
            }
            assert!(open.last().is_none_or(|outer| *end <= *outer + 0.002));
            open.push(*end);
        }
    }
}

/// Each begin has its end, after it: of the lives and waits of vthreads, and of arrows.
fn they_match(events: &[Value]) {
    // How many vthreads have to be woken depends on how fast the others are.
    for (begin, end, key, least) in [("b", "e", "name", 100), ("s", "f", "id", 1)] {
        let mut open: BTreeMap<String, f64> = BTreeMap::new();
        let mut n = 0;
        for event in events {
            let which = format!("{} {}", event["id"], event[key]);
            if event["ph"] == begin {
                assert!(open.insert(which, time(event, "ts")).is_none(), "{event}");
            } else if event["ph"] == end {
                let began = open.remove(&which).unwrap_or_else(|| panic!("{event}"));
                assert!(began <= time(event, "ts"), "{event}");
                n += 1;
            }
        }
        assert!(open.is_empty(), "{open:?}");
        assert!(n >= least, "{n} of {begin}");
    }
}

/// Each wait lies in the life of its vthread.
fn waits_lie_in_lives(events: &[Value]) {
    let mut lives: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    let spans: Vec<_> = events
        .iter()
        .filter(|event| event["cat"] == "vthread")
        .collect();
    let is_wait = |event: &Value| event["name"].as_str().unwrap().starts_with("waits ");
    for pair in spans.chunks(2).filter(|pair| !is_wait(pair[0])) {
        let life = (time(pair[0], "ts"), time(pair[1], "ts"));
        lives.insert(pair[0]["id"].as_u64().unwrap(), life);
    }
    for pair in spans.chunks(2).filter(|pair| is_wait(pair[0])) {
        let (began, ended) = lives[&pair[0]["id"].as_u64().unwrap()];
        assert!(began <= time(pair[0], "ts") && time(pair[1], "ts") <= ended);
    }
}

#[test]
fn a_timeline_has_events_of_all_kinds_that_nest_and_match() {
    let events = events();
    they_nest(&events);
    they_match(&events);
    waits_lie_in_lives(&events);
    let names: BTreeSet<_> = events
        .iter()
        .filter_map(|event| event["name"].as_str())
        .collect();
    for wanted in [
        "thread_name",
        "spawn",
        "wake",
        "cancel",
        "timers",
        "ready",
        "sleep",
        "server \"echo\"",
        "client",
        "pong",
        "sleeper",
        "waits for a message",
        "waits for I/O",
        "waits for a point in time",
        "waits for the children of its group",
    ] {
        assert!(names.contains(wanted), "{wanted} is not among {names:?}");
    }
    assert_eq!(
        events
            .iter()
            .filter(|event| event["name"] == "spawn")
            .count(),
        105
    );
    let threads = of_phase(&events, "M");
    assert!(
        threads
            .iter()
            .any(|event| event["args"]["name"] == "vthread-worker-0")
    );
    let sites = of_phase(&events, "X")
        .into_iter()
        .filter_map(|event| event["args"]["site"].as_str());
    assert!(
        sites
            .into_iter()
            .any(|site| site.contains("timeline_main.rs:"))
    );
}

#[test]
fn a_file_that_cannot_be_written_is_reported_at_once() {
    let output = Command::new(env!("CARGO_BIN_EXE_timeline_main"))
        .env("VTHREAD_TRACE", "/no/such/folder/timeline.json")
        .output()
        .unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("vthread: no timeline is recorded: /no/such/folder/timeline.json: "),
        "{said}"
    );
}
