//! What the console says of the program.

use super::client::{all_wait, command, has, line, start, started};
use serde_json::Value;
use std::fs;

fn texts<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one[member].as_str().unwrap()).collect()
}

#[test]
fn those_that_are_alike_are_one_line() {
    let program = start(&["10000"]);
    let tree = program.wait("/tree.json", |tree| all_wait(tree, 10_000));
    assert_eq!(tree["process"], program.child.id());
    assert_eq!(tree["program"], "console_main");
    let n_lines = tree["lines"].as_array().unwrap().len();
    assert!(n_lines < 20, "{tree:#}");

    let clients = line(&tree, "client #").unwrap();
    assert_eq!(clients["n"], 10_000);
    assert_eq!(clients["waits"], "for the children of its group");
    assert_eq!(clients["depth"], 2);
    let connections = line(&tree, "connection").unwrap();
    assert_eq!(
        (&connections["n"], &connections["children"]),
        (&10_000.into(), &20_000.into())
    );
    assert_eq!(connections["depth"], 3);

    let jobs = line(&tree, "jobs").unwrap();
    assert_eq!((&jobs["limit"], &jobs["running"]), (&3.into(), &3.into()));
    assert!(has(&tree, "job #", 3));

    let lines = tree["lines"].as_array().unwrap();
    let waiters = lines.iter().find(|line| line["n"] == 20).unwrap();
    assert_eq!(waiters["waits"], "for a lock");
    let holder = waiters["lock_holder"].as_str().unwrap();
    assert!(holder.starts_with("`holder` (spawned at "), "{holder}");
    assert!(
        waiters["lock_taken_at"]
            .as_str()
            .unwrap()
            .contains("console_main.rs:")
    );

    // The alike ones have been counted, not only the lines.
    let dump = program.get("/dump.json").json();
    assert_eq!(dump["vthreads"].as_array().unwrap().len(), tree["vthreads"]);
    assert_eq!(tree["found"], tree["vthreads"]);
    assert_eq!(dump["groups"].as_array().unwrap().len(), tree["groups"]);
}

/// In release builds, too: the feature `console` brings `stacks`.
#[test]
fn lines_have_calls_and_ages() {
    let program = start(&["10"]);
    let tree = program.wait("/tree.json", |tree| has(tree, "reader", 10));
    let reader = line(&tree, "reader").unwrap();
    assert_eq!(texts(&reader["stack"], "function"), ["console_main::serve"]);
    assert!(reader["age"].as_f64().unwrap() >= reader["least_age"].as_f64().unwrap());
}

#[test]
fn a_search_finds_one_and_shows_where_it_is() {
    let program = start(&["100", "named"]);
    program.wait("/tree.json", |tree| all_wait(tree, 100));
    let found = program.get("/tree.json?q=CLIENT%20acz").json();
    // The call around it, itself, and the two of its group.
    assert_eq!(found["found"], 4);
    assert_eq!(line(&found, "client acz").unwrap()["n"], 1);
    assert_eq!(line(&found, "reader").unwrap()["n"], 1);
    assert!(line(&found, "holder").is_none());
    assert!(line(&found, "server").is_some());
    // A number finds the same.
    let id = &line(&found, "client acz").unwrap()["task_id"];
    let by_id = program.get(&format!("/tree.json?q=%23{id}+client")).json();
    assert!(line(&by_id, "client acz").is_some());
    let none = program.get("/tree.json?q=no-such-vthread").json();
    assert_eq!(none["found"], 0);
    assert!(none["lines"].as_array().unwrap().is_empty());
}

#[test]
fn what_is_left_out_is_counted() {
    let program = start(&["3000", "named"]);
    let tree = program.wait("/tree.json?limit=10", |tree| all_wait(tree, 3000));
    let lines = tree["lines"].as_array().unwrap();
    assert!(lines.len() < 60, "{}", lines.len());
    let left_out = lines
        .iter()
        .find(|line| line["kind"] == "left out")
        .unwrap();
    assert!(left_out["left_out"].as_u64().unwrap() >= 2990, "{left_out}");
    // Whatever is asked for, an answer ends.
    let most = program.get("/tree.json?limit=1000000").json();
    assert_eq!(most["lines"].as_array().unwrap().len(), 5001);
}

#[test]
fn a_hundred_thousand_are_a_few_lines() {
    let program = start(&["33333"]);
    let answer = program.wait("/tree.json", |tree| all_wait(tree, 33_333));
    assert!(answer["vthreads"].as_u64().unwrap() > 100_000);
    assert!(has(&answer, "reader", 33_333));
    assert!(answer["lines"].as_array().unwrap().len() < 20);
}

#[test]
fn the_report_of_a_deadlock_is_there() {
    let program = start(&["1"]);
    let json = program.wait("/deadlocks.json", |json| json["deadlocks"] == 1);
    let report = json["reports"][0].as_str().unwrap();
    assert!(
        report.starts_with("vthread: deadlock: 2 vthreads wait for one another\n"),
        "{report}"
    );
    assert!(
        report.contains("`left`") && report.contains("`right`"),
        "{report}"
    );
}

#[test]
fn it_answers_while_every_worker_is_stuck() {
    let program = start(&["100", "stuck"]);
    let tree = program.wait("/tree.json", |tree| {
        line(tree, "computes").is_some_and(|line| line["state"] == "running")
    });
    assert!(line(&tree, "server").is_some());
    assert_eq!(program.get("/").status, 200);
    let figures = program.get("/metrics").body;
    assert!(figures.contains("\nvthread_alive "), "{figures}");
}

#[test]
fn figures_and_dumps_are_there_as_texts() {
    let program = start(&["10"]);
    program.wait("/tree.json", |tree| has(tree, "reader", 10));
    let metrics = program.get("/metrics");
    assert!(
        metrics
            .head
            .contains("\r\nContent-Type: text/plain; version=0.0.4")
    );
    assert!(metrics.body.starts_with("# HELP vthread_workers "));
    let dump = program.get("/dump.txt").body;
    assert!(dump.contains("group `server` opened at "), "{dump}");
    let folded = program.get("/folded.txt").body;
    assert!(
        folded.lines().any(|line| line.contains("vthread `reader`")),
        "{folded}"
    );
    let other = program.get("/other");
    assert_eq!(other.status, 404);
    assert!(other.body.contains("/tree.json"));
}

#[test]
fn the_timeline_is_there_if_one_is_recorded() {
    let program = start(&["10"]);
    let none = program.get("/trace.json");
    assert_eq!(none.status, 404);
    assert!(none.body.contains("VTHREAD_TRACE"), "{}", none.body);
    drop(program);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("timeline.json");
    let program = started(
        command(&["10"])
            .env("VTHREAD_CONSOLE", "127.0.0.1:0")
            .env("VTHREAD_TRACE", &path),
    );
    let tree = program.wait("/tree.json", |tree| all_wait(tree, 10));
    assert_eq!(tree["has_timeline"], true);
    let answer = program.get("/trace.json");
    assert!(
        answer
            .head
            .contains("\r\nContent-Disposition: attachment; filename=\"timeline.json\"")
    );
    let events = answer.json()["traceEvents"].as_array().unwrap().clone();
    let spawns = events
        .iter()
        .filter(|event| event["name"] == "spawn")
        .count();
    assert!(spawns > 30, "{spawns}");
    // The file is written when the process ends, as without a console.
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn a_program_may_ask_for_it_itself() {
    let program = started(&mut command(&["10", "configured"]));
    assert_eq!(program.get("/").status, 200);
    // The environment counts first.
    let asked = command(&["10", "configured"])
        .env("VTHREAD_CONSOLE", "[::1]:0")
        .spawn();
    let mut said = String::new();
    let mut child = asked.unwrap();
    let stderr = child.stderr.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stderr), &mut said).unwrap();
    let _ = child.kill();
    let _ = child.wait();
    // A machine may be without IPv6.
    assert!(said.contains("[::1]:"), "{said}");
}

/// The names of the program's OS threads.
fn threads(program: u32) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{program}/task")).unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("comm")).ok());
    names.map(|name| name.trim_end().to_owned()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_is_started_unless_it_is_asked_for() {
    let start = std::time::Instant::now();
    let program = self::start(&["1"]);
    // A thread has its name as soon as it runs.
    while !threads(program.child.id()).contains(&"vthread-console".to_owned()) {
        assert!(start.elapsed().as_secs() < 60);
    }
    let mut child = command(&["1"]).env("VTHREAD_CONSOLE", "").spawn().unwrap();
    loop {
        let names = threads(child.id());
        assert!(
            !names.iter().any(|name| name == "vthread-console"),
            "{names:?}"
        );
        // The last one that the runtime starts, when the deadlock is looked for.
        if names.iter().any(|name| name == "vthread-watch") {
            break;
        }
        assert!(start.elapsed().as_secs() < 60, "{names:?}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The message of a program that cannot serve its console, and goes on.
fn refused(place: &str) -> String {
    let mut child = command(&["1"])
        .env("VTHREAD_CONSOLE", place)
        .spawn()
        .unwrap();
    let stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut lines = std::io::BufRead::lines(stderr).map(Result::unwrap);
    let first = lines.next().unwrap();
    // It goes on, up to the deadlock.
    assert!(
        lines.next().unwrap().starts_with("vthread: deadlock: "),
        "{first}"
    );
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    first
}

#[test]
fn a_console_that_cannot_be_is_reported() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = other.local_addr().unwrap().to_string();
    let said = refused(&place);
    assert!(
        said.starts_with(&format!("vthread: no console: {place}: ")),
        "{said}"
    );
    let said = refused("nowhere");
    assert!(
        said.starts_with("vthread: no console: VTHREAD_CONSOLE=\"nowhere\": "),
        "{said}"
    );
    let said = refused("0.0.0.0:0");
    assert!(
        said.contains("no password") && said.contains("`unprotected:`"),
        "{said}"
    );
}
