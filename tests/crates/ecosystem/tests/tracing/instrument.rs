//! `#[instrument]` below `#[vthread]`: what it does on an `async fn`.

use crate::subscriber::{SeenEvent, around, events, listen, named, nothing_is_mixed, spans};
use std::fmt;
use tracing::{Level, instrument};
use vthread::prelude::*;
use vthread::yield_now;

/// The name of the span that an event is in.
fn place(event: &SeenEvent) -> &'static str {
    around(event)[0].metadata.name()
}

#[vthread]
#[instrument]
fn handles(number: u32, text: &str, flag: Option<bool>) -> u32 {
    tracing::info!(handles = number, "before");
    yield_now();
    tracing::info!(handles = number, "after");
    number + text.len() as u32 + u32::from(flag.is_some())
}

#[vthread]
fn handles_many(n: u32) -> u32 {
    group! {
        let mut tasks = Vec::new();
        for number in 0..n {
            tasks.push(spawn! { handles(number, "x", None) });
        }
        let mut sum = 0;
        for task in tasks {
            sum += task.join();
        }
        sum
    }
}

#[test]
fn each_call_has_a_span_of_its_own() {
    listen();
    assert_eq!(handles(100, "four", Some(true)), 105);
    assert_eq!(handles_many(20), (0..20).sum::<u32>() + 20);
    let all = named("handles");
    assert_eq!(all.len(), 21);
    for span in &all {
        assert_eq!(*span.metadata.level(), Level::INFO);
        assert_eq!(span.metadata.target(), module_path!());
        assert!(span.is_closed);
        // Before the pause, after it, and for the drop of what is left of the body.
        assert!(span.entries >= 2);
    }
    let called = &spans("text", "four")[0];
    assert_eq!(called.fields["number"], "100");
    assert_eq!(called.fields["flag"], "Some(true)");
    for number in 0..20 {
        let told = events("handles", &number.to_string());
        assert_eq!(told.len(), 2);
        for event in told {
            assert_eq!(around(&event)[0].fields["number"], number.to_string());
        }
    }
    nothing_is_mixed();
}

struct Secret;

const TARGET: &str = "a target";

#[vthread]
#[tracing::instrument(
    name = "renamed", target = TARGET, level = "warn", skip(secret),
    fields(half = number / 2, doubled.value = number * 2, %shown, later = tracing::field::Empty)
)]
fn has_options(secret: Secret, number: u32, shown: u8) {
    let _ = secret;
    let text = "a text";
    yield_now();
    tracing::Span::current().record("later", text);
}

#[vthread]
#[instrument("by its first word", skip_all, level = 2, parent = None)]
fn skips_all(_secret: Secret, (_, _one): (Secret, u32)) {
    yield_now();
}

#[test]
fn its_options_are_those_of_tracing() {
    listen();
    has_options(Secret, 20, 7);
    let spans = named("renamed");
    let [span] = &spans[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(span.metadata.target(), TARGET);
    assert_eq!(*span.metadata.level(), Level::WARN);
    let fields = [
        ("half", "10"),
        ("doubled.value", "40"),
        ("number", "20"),
        ("shown", "7"),
        ("later", "a text"),
    ];
    for (name, value) in fields {
        assert_eq!(span.fields[name], value, "{name}");
    }
    assert!(!span.fields.contains_key("secret"));
    tracing::info_span!("around it").in_scope(|| skips_all(Secret, (Secret, 1)));
    let skips = &named("by its first word")[0];
    assert!(skips.fields.is_empty());
    assert_eq!(*skips.metadata.level(), Level::DEBUG);
    assert_eq!(skips.parent, None);
}

#[derive(Debug)]
struct Wrong(u32);
impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "number {} is wrong", self.0)
    }
}

#[vthread]
#[instrument(err, ret)]
fn even(number: u32) -> Result<u32, Wrong> {
    yield_now();
    if number % 2 == 1 {
        return Err(Wrong(number));
    }
    Ok(number / 2)
}

#[vthread]
#[instrument(err(Debug, level = "warn"))]
fn passes_on(number: u32) -> Result<(), Wrong> {
    even(number)?;
    Ok(())
}

#[vthread]
#[instrument(ret(Display, level = Level::TRACE))]
fn shows() -> &'static str {
    "it shows this"
}

#[test]
fn results_are_events_in_the_span() {
    listen();
    assert!(passes_on(7).is_err());
    assert_eq!(even(1024).unwrap(), 512);
    assert_eq!(shows(), "it shows this");
    let told = [
        ("error", "number 7 is wrong", "even", Level::ERROR),
        ("error", "Wrong(7)", "passes_on", Level::WARN),
        ("return", "512", "even", Level::INFO),
        ("return", "it shows this", "shows", Level::TRACE),
    ];
    for (field, value, name, level) in told {
        let events = events(field, value);
        assert_eq!(events.len(), 1, "{value}: {events:?}");
        assert_eq!(place(&events[0]), name);
        assert_eq!(*events[0].metadata.level(), level);
    }
    nothing_is_mixed();
}

struct Store {
    name: String,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[vthread]
impl Store {
    #[instrument]
    fn load(&self, key: u64) -> u64 {
        yield_now();
        tracing::info!(loads = self.name);
        key + 1
    }

    #[instrument(skip(self), fields(name = self.name))]
    fn rename<'a>(&'a mut self, to: &str) -> &'a str {
        yield_now();
        self.name = to.to_owned();
        &self.name
    }
}

#[vthread]
trait Saves {
    fn save(&self) -> u32;

    #[instrument(skip(self))]
    fn save_twice(&self) -> u32 {
        self.save() + self.save()
    }
}

#[vthread]
impl Saves for Store {
    #[instrument(fields(kind = "of a trait"))]
    fn save(&self) -> u32 {
        yield_now();
        tracing::info!(saves = self.name);
        1
    }
}

#[vthread]
fn uses_a_store() -> (u64, u32) {
    let mut store = Store {
        name: "the store".to_owned(),
    };
    let loaded = store.load(4);
    let saved = store.save_twice();
    assert_eq!(store.rename("another"), "another");
    (loaded, saved)
}

#[test]
fn methods_have_spans() {
    listen();
    assert_eq!(uses_a_store(), (5, 2));
    let load = &named("load")[0];
    assert_eq!(load.fields["self"], "the store");
    assert_eq!(load.fields["key"], "4");
    assert_eq!(place(&events("loads", "the store")[0]), "load");
    for event in events("saves", "the store") {
        let around = around(&event);
        assert_eq!(around[0].metadata.name(), "save");
        assert_eq!(around[0].fields["kind"], "of a trait");
        assert_eq!(around[1].metadata.name(), "save_twice");
    }
    assert_eq!(named("rename")[0].fields["name"], "the store");
    nothing_is_mixed();
}

#[vthread]
#[cfg_attr(all(), instrument(name = "under a true condition"))]
fn under_true() -> u32 {
    yield_now();
    1
}

#[vthread]
#[cfg_attr(any(), instrument(name = "under a false condition"))]
fn under_false() -> u32 {
    yield_now();
    2
}

#[test]
fn conditions_are_kept() {
    listen();
    assert_eq!(under_true() + under_false(), 3);
    assert_eq!(named("under a true condition").len(), 1);
    assert_eq!(named("under a false condition").len(), 0);
}

#[vthread]
#[instrument]
fn depth(left: u32) -> u32 {
    match left {
        0 => 0,
        _ => depth(left - 1) + 1,
    }
}

#[vthread]
#[instrument(skip_all)]
fn first<T: Clone + Send + Sync>(of: &[T], or: impl Fn() -> T + Send) -> T {
    yield_now();
    of.first().cloned().unwrap_or_else(or)
}

#[test]
fn other_functions_work_too() {
    listen();
    assert_eq!(depth(3), 3);
    assert_eq!(named("depth").len(), 4);
    assert_eq!(first(&[], || 5), 5);
    assert_eq!(named("first").len(), 1);
    nothing_is_mixed();
}
