//! What dumps tell of the calls of a vthread that waits: their places, and since when.
#![cfg(any(debug_assertions, feature = "stacks"))]

use serde_json::Value;
use std::future::pending;
use vthread::prelude::*;
use vthread::sync::{Receiver, channel};
use vthread::time::{Duration, Instant, sleep};
use vthread::{dump, yield_now};

#[vthread]
fn client(messages: &Receiver<()>) {
    let _ = messages.recv();
}

struct Store;

#[vthread]
impl Store {
    fn load(&self, messages: &Receiver<()>) {
        let patience = Duration::from_secs(3600);
        let _ = timeout!(patience => client(messages));
    }
}

#[vthread(dyn)]
trait Load: Sync {
    fn load_any(&self, messages: &Receiver<()>);
}

#[vthread(dyn)]
impl Load for Store {
    fn load_any(&self, messages: &Receiver<()>) {
        self.load(messages);
    }
}

#[vthread]
fn walk(steps: u32, messages: &Receiver<()>) -> u32 {
    match steps {
        0 => {
            client(messages);
            0
        }
        _ => walk(steps - 1, messages) + 1,
    }
}

#[vthread(boxed)]
fn even(steps: u32, messages: &Receiver<()>) {
    match steps {
        0 => client(messages),
        _ => odd(steps - 1, messages),
    }
}

#[vthread(boxed)]
fn odd(steps: u32, messages: &Receiver<()>) {
    even(steps - 1, messages);
}

/// The line with `HERE` in place of the positions in this file.
fn without_positions(line: &str) -> String {
    let mut parts = line.split(concat!(file!(), ":"));
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
        format!("{text}HERE{rest}")
    })
}

/// The lines of a dump about the vthread of this name: its own, and its calls.
fn lines_about(text: &str, name: &str) -> Vec<String> {
    let begins = |line: &&str| line.trim_start().starts_with(&format!("`{name}`"));
    let mut lines = text.lines().skip_while(|line| !begins(line));
    let first = lines.next();
    let calls = lines.take_while(|line| line.trim_start().starts_with("in "));
    let own = first.into_iter().chain(calls);
    own.map(|line| without_positions(line.trim()).replace("it::dump_stacks::", ""))
        .collect()
}

/// Waits until a dump says that the vthread of this name waits so, in these calls.
#[vthread]
fn expect(name: &str, waits: &str, calls: &[&str]) {
    let first = format!("`{name}` (spawned at HERE) waits {waits}");
    let start = Instant::now();
    loop {
        let text = dump().to_string();
        let found = lines_about(&text, name);
        // An age may follow.
        if found.first().is_some_and(|line| line.starts_with(&first)) && found[1..] == *calls {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{name}: {found:#?}\n{text}"
        );
        yield_now();
    }
}

#[vthread]
fn parent(messages: &Receiver<()>) {
    group! { spawn!(name = "below" => { client(messages); }); }
}

const IN_CLIENT: &str = "in client, called at HERE";

#[vthread]
fn wait_in_every_way() {
    let (tx, messages) = channel::<()>(1);
    let (store, messages) = (Store, &messages);
    let any: &dyn Load = &store;
    let closed = channel(1).1;
    group!(g => {
        spawn!(name = "directly" => { let _ = messages.recv(); });
        spawn!(name = "by a method" => { store.load(messages); });
        spawn!(name = "by a trait" => { any.load_any(messages); });
        spawn!(name = "by a recursion" => { walk(1000, messages); });
        spawn!(name = "by two functions" => { even(2, messages); });
        spawn!(name = "in a branch" => {
            // The branches are polled in any order, and one that does not run counts for nothing.
            select! { () = client(messages) => {}, () = pending::<()>().await, if false => {} }
        });
        spawn!(name = "in a loop" => { for () in messages {} });
        spawn!(name = "for a future" => { pending::<()>().await; });
        spawn!(name = "for children" => { parent(messages); });
        spawn!(name = "after another wait" => {
            sleep(Duration::from_millis(1));
            client(messages);
        });
        spawn!(name = "after a recursion" => {
            even(2, &closed);
            walk(3, &closed);
            client(messages);
        });
        expect("directly", "for a message at HERE", &[]);
        let in_method = [IN_CLIENT, "in timeout! at HERE", "in Store::load, called at HERE"];
        expect("by a method", "for a message at HERE", &in_method);
        let in_trait = [&in_method[..], &["in a method called at HERE"]].concat();
        expect("by a trait", "for a message at HERE", &in_trait);
        let in_walk = "in walk, called at HERE";
        let recursion = [IN_CLIENT, "in 999 more recursive calls", in_walk, in_walk];
        expect("by a recursion", "for a message at HERE", &recursion);
        let [in_even, in_odd] = ["in even, called at HERE", "in odd, called at HERE"];
        expect("by two functions", "for a message at HERE", &[IN_CLIENT, in_even, in_odd, in_even]);
        expect("in a branch", "for a message at HERE", &[IN_CLIENT, "in select! at HERE"]);
        expect("in a loop", "for a message at HERE", &[]);
        expect("for a future", "for something outside the library at HERE", &[]);
        expect("for children", "for the children of its group", &["in parent, called at HERE"]);
        expect("below", "for a message at HERE", &[IN_CLIENT]);
        expect("after another wait", "for a message at HERE", &[IN_CLIENT]);
        expect("after a recursion", "for a message at HERE", &[IN_CLIENT]);
        drop(tx);
        g.cancel();
    });
}

#[test]
fn a_dump_shows_the_calls_of_each_vthread() {
    wait_in_every_way();
}

#[vthread]
fn beside(name: &'static str, look: fn(&str) -> bool) {
    let (tx, messages) = channel::<()>(1);
    group!(name = name => {
        for _ in 0..100 {
            spawn! { client(&messages); }
        }
        let start = Instant::now();
        while !look(name) {
            assert!(start.elapsed() < Duration::from_secs(60), "{:#}", dump());
            yield_now();
        }
        drop(tx);
    });
}

#[test]
fn children_that_are_alike_are_one_line_of_an_alternate_dump() {
    beside("alike", |name| {
        let text = format!("{:#}", dump());
        let mut lines = text.lines().skip_while(|line| !line.contains(name)).skip(1);
        let [first, second] = [lines.next(), lines.next()].map(Option::unwrap_or_default);
        first.contains(" 100 times a vthread (spawned at ")
            && second.contains("::client, called at ")
    });
}

#[test]
fn a_folded_dump_has_the_calls_between_spawn_and_wait() {
    beside("folded calls", |name| {
        let text = dump().folded();
        let line = text.lines().find(|line| line.contains(name));
        line.is_some_and(|line| {
            let mut frames = line.rsplit(';').map(without_positions);
            frames.next().as_deref() == Some("waits for a message at HERE 100")
                && frames.next().as_deref() == Some("it::dump_stacks::client at HERE")
                && frames.next().as_deref() == Some("vthread at HERE")
        })
    });
}

/// The members of the dump of the child of this name.
fn member(name: &str) -> Option<Value> {
    let all: Value = serde_json::from_str(&dump().to_json()).unwrap();
    let vthreads = all["vthreads"].as_array().unwrap();
    vthreads
        .iter()
        .find(|vthread| vthread["name"] == name)
        .cloned()
}

#[vthread]
fn json_of_a_wait() {
    let (tx, messages) = channel::<()>(1);
    group! {
        let start = Instant::now();
        spawn!(name = "aged" => { client(&messages); });
        loop {
            let seen = member("aged").unwrap();
            // One that has not begun has an age as well: for so long it has been ready.
            let is_waiting = seen["state"] == "waiting";
            if is_waiting && seen["age"].as_f64().is_some_and(|age| age >= 0.05) {
                assert_eq!(seen["waits"], "for a message");
                assert!(seen["waits_at"].as_str().unwrap().contains("dump_stacks.rs:"));
                let stack = seen["stack"].as_array().unwrap();
                assert_eq!(stack.len(), 1);
                assert_eq!(stack[0]["function"], "it::dump_stacks::client");
                assert!(stack[0]["called_at"].as_str().unwrap().contains("dump_stacks.rs:"));
                // The clock of ages is as late as the monitor's thread was when it began.
                assert!(seen["age"].as_f64().unwrap() <= start.elapsed().as_secs_f64() + 10.0);
                break;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{seen}");
            yield_now();
        }
        drop(tx);
    }
}

#[test]
fn a_dump_as_json_has_calls_and_ages() {
    json_of_a_wait();
}
