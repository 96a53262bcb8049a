//! What `dump()` tells of vthreads, in its three forms.

use serde_json::Value;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::{dump, yield_now};

/// Runs `look` while ten children of the group `name` wait for a message, one holds a lock and
/// waits too, and one waits for that lock.
#[vthread]
fn beside(name: &'static str, look: fn(&str)) {
    let (tx, rx) = channel::<()>(1);
    let lock = Mutex::new(());
    group!(name = name, on_failure = cancel => {
        for _ in 0..10 {
            let rx = rx.clone();
            spawn! { let _ = rx.recv(); }
        }
        let rx = rx.clone();
        spawn!(name = "the holder \"of it\"" => {
            let guard = lock.lock();
            let _ = rx.recv();
            drop(guard);
        });
        while lock.try_lock().is_some() {
            yield_now();
        }
        spawn!(name = "the waiter" => { drop(lock.lock()); });
        let n_waiting = || {
            let text = dump().to_string();
            let of_this = text.split(&format!("`{name}`")).nth(1).unwrap_or_default().to_owned();
            of_this.lines().take(13).filter(|line| line.contains(" waits ")).count()
        };
        while n_waiting() < 12 {
            yield_now();
        }
        look(name);
        drop(tx);
    });
}

fn json(name: &str) {
    let text = dump().to_json();
    let all: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let groups = all["groups"].as_array().unwrap();
    let group = groups.iter().find(|group| group["name"] == name).unwrap();
    assert_eq!(group["children"], 12);
    assert_eq!(group["cancelled"], false);
    assert_eq!(group["limit"], Value::Null);
    assert!(group["site"].as_str().unwrap().contains("dump_forms.rs:"));
    let vthreads = all["vthreads"].as_array().unwrap();
    let owner = &vthreads[group["owner"].as_u64().unwrap() as usize];
    assert_eq!(owner["id"], group["owner"]);
    assert_eq!(owner["role"], "call");
    let of_group = |vthread: &&Value| vthread["group"] == group["id"];
    let children: Vec<_> = vthreads.iter().filter(of_group).collect();
    assert_eq!(children.len(), 12);
    assert!(children.iter().all(|child| child["task_id"].is_u64()));
    let named = |name: &str| *children.iter().find(|child| child["name"] == name).unwrap();
    let waiter = named("the waiter");
    let holder = named("the holder \"of it\"");
    assert_eq!(waiter["state"], "waiting");
    assert_eq!(waiter["waits"], "for a lock");
    assert_eq!(waiter["lock_holder"], holder["id"]);
    assert!(
        waiter["waits_at"]
            .as_str()
            .unwrap()
            .contains("dump_forms.rs:")
    );
    assert!(
        waiter["lock_taken_at"]
            .as_str()
            .unwrap()
            .contains("dump_forms.rs:")
    );
    assert_eq!(holder["waits"], "for a message");
    assert_eq!(holder["lock_holder"], Value::Null);
}

#[test]
fn a_dump_as_json_names_groups_waits_and_owners_of_locks() {
    beside("dumped as json", json);
}

fn folded(name: &str) {
    let text = dump().folded();
    let of_group = |line: &&str| line.contains(&format!("group `{name}`"));
    let lines: Vec<_> = text.lines().filter(of_group).collect();
    assert_eq!(lines.len(), 3, "{text}");
    let crowd = lines
        .iter()
        .find(|line| line.contains(";waits for a message") && line.ends_with(" 10"));
    let crowd = crowd.unwrap_or_else(|| panic!("{text}"));
    assert!(crowd.starts_with("call at "), "{crowd}");
}

#[test]
fn equal_stacks_are_one_line_of_a_folded_dump() {
    beside("folded", folded);
}
