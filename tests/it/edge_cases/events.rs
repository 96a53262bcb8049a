//! Edge case 1, and blocking calls in plain code: the events of the crate `tracing`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use vthread::prelude::*;
use vthread::sync::{channel, oneshot};
use vthread::time::sleep;
use vthread::{Outcome, yield_now};

/// All events of the process since the first test that subscribes. Each test looks for its own.
static TOLD: Mutex<Vec<Told>> = Mutex::new(Vec::new());

#[derive(Debug, Clone)]
struct Told {
    level: Level,
    fields: BTreeMap<&'static str, String>,
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "vthread"
    }
    fn event(&self, event: &Event<'_>) {
        struct Fields(BTreeMap<&'static str, String>);
        impl Visit for Fields {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                self.0.insert(field.name(), format!("{value:?}"));
            }
            fn record_str(&mut self, field: &Field, value: &str) {
                self.0.insert(field.name(), value.to_owned());
            }
        }
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        let (level, fields) = (*event.metadata().level(), fields.0);
        TOLD.lock().unwrap().push(Told { level, fields });
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
}

/// The events with this field, in order.
fn told(field: &str, value: &str) -> Vec<Told> {
    let told = TOLD.lock().unwrap().clone();
    let is_it = |told: &&Told| told.fields.get(field).is_some_and(|it| it == value);
    told.iter().filter(is_it).cloned().collect()
}

/// A first failure, and a later one of a child with a name.
macro_rules! fails_late {
    ($function:ident, $error:ty, $name:literal, $first:expr, $second:expr) => {
        #[vthread]
        fn $function() -> Result<(), $error> {
            let (ready, is_ready) = oneshot::<()>();
            group!(name = $name => {
                let first = spawn! {
                    is_ready.recv().unwrap();
                    Err::<(), $error>($first)?;
                };
                spawn!(name = $name => {
                    shield! {
                        ready.send(()).unwrap();
                        assert!(matches!(first.await, Err(Outcome::Failed)));
                    }
                    Err::<(), $error>($second)?;
                });
            })
        }
    };
}

#[derive(Debug)]
struct OnlyDebug(#[allow(dead_code)] u32);
struct Neither;

fails_late!(
    displays,
    String,
    "displays",
    "one".to_owned(),
    "two".to_owned()
);
fails_late!(debugs, OnlyDebug, "debugs", OnlyDebug(1), OnlyDebug(2));
fails_late!(neither, Neither, "neither", Neither, Neither);

#[test]
fn case_01_a_later_failure_is_told_with_name_site_and_error() {
    listen();
    assert_eq!(displays(), Err("one".to_owned()));
    assert!(debugs().is_err());
    assert!(neither().is_err());
    let errors = [
        ("displays", "two"),
        ("debugs", "OnlyDebug(2)"),
        (
            "neither",
            concat!("an error of type ", module_path!(), "::Neither"),
        ),
    ];
    for (name, error) in errors {
        let events = told("vthread", name);
        let [event] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(event.level, Level::WARN);
        assert_eq!(event.fields["error"], error);
        assert!(event.fields["spawned_at"].contains("events.rs:"));
        assert_eq!(event.fields["is_body"], "false");
    }
}

#[test]
fn case_01_failures_are_counted_when_the_group_ends() {
    listen();
    assert!(counted().is_err());
    let events = told("group", "counted");
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].level, Level::DEBUG);
    assert_eq!(events[0].fields["failures"], "2");
    assert!(told("group", "succeeds").is_empty());
}

fails_late!(
    counted,
    String,
    "counted",
    "one".to_owned(),
    "two".to_owned()
);

#[vthread]
fn panics_late() {
    let (ready, is_ready) = oneshot::<()>();
    group! {
        let first = spawn! {
            is_ready.recv().unwrap();
            std::panic::resume_unwind(Box::new("one"));
        };
        spawn!(name = "panics late" => {
            shield! {
                ready.send(()).unwrap();
                assert!(matches!(first.await, Err(Outcome::Panicked)));
            }
            std::panic::resume_unwind(Box::new("two"));
        });
    }
}

#[test]
fn case_02_a_later_panic_is_told() {
    listen();
    let payload = std::panic::catch_unwind(panics_late).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "one");
    let events = told("vthread", "panics late");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].fields["panic"], "two");
}

struct Explosive;
impl fmt::Display for Explosive {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("no text");
    }
}
fails_late!(explosive, Explosive, "explosive", Explosive, Explosive);

/// A group whose body was cancelled from outside before its child failed: the error has no
/// receiver.
#[vthread]
fn loses() {
    group! {
        let (handle, on_handle) = oneshot();
        let outer = spawn! {
            let me: vthread::Task<()> = on_handle.recv().unwrap();
            _ = inner_loses(me);
        };
        handle.send(outer).ok().unwrap();
    }
}

#[vthread]
fn inner_loses(me: vthread::Task<()>) -> Result<(), String> {
    let (held, is_dropped) = oneshot::<()>();
    group!(name = "loses" => {
        let _held = held;
        spawn!(move => {
            shield! {
                me.cancel();
                // It is dropped with the body.
                assert!(is_dropped.recv().is_err());
            }
            Err::<(), _>("lost".to_owned())?;
        });
        sleep(Duration::from_secs(3600));
    })
}

#[test]
fn case_01_a_failure_that_no_value_carries_is_reported() {
    listen();
    loses();
    let events = told("group", "loses");
    let [event] = &events
        .iter()
        .filter(|it| it.level == Level::WARN)
        .collect::<Vec<_>>()[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(event.fields["error"], "lost");
    assert!(event.fields["opened_at"].contains("events.rs"));
}

#[test]
fn case_01_an_error_that_cannot_be_written_does_no_harm() {
    listen();
    assert!(explosive().is_err());
    let events = told("vthread", "explosive");
    assert_eq!(
        events[0].fields["error"],
        "an error that cannot be written without a panic"
    );
}

/// At least one of them has to wait, however slow the machine is.
#[vthread]
fn naps() {
    for _ in 0..5 {
        sleep(Duration::from_millis(1));
    }
}

struct Held(vthread::sync::Mutex<()>);

#[vthread]
impl Held {
    fn naps(&self) {
        let _held = self.0.lock();
        naps();
    }
}

#[vthread]
fn pins(n: usize) -> [String; 2] {
    group! {
        let task = spawn! {
            yield_now();
            // A closure is plain code: the call blocks its worker.
            let nap = || { naps(); concat!(file!(), ":", line!()) };
            for _ in 1..n {
                nap();
            }
            let lock = Held(vthread::sync::Mutex::new(()));
            let wait = || { lock.naps(); concat!(file!(), ":", line!()) };
            let first = nap().to_owned();
            // To a worker again, from the thread that was blocked.
            yield_now();
            [first, wait().to_owned()]
        };
        task.join()
    }
}

#[test]
fn a_blocking_call_that_holds_a_worker_is_told_once_for_its_site() {
    listen();
    let sites = pins(3);
    let told = TOLD.lock().unwrap().clone();
    for site in sites {
        let is_it = |told: &&Told| {
            let at = told.fields.get("called_at");
            at.is_some_and(|at| at.starts_with(&*site))
        };
        assert_eq!(told.iter().filter(is_it).count(), 1, "{site} {told:?}");
    }
}

/// The event about the vthread below that holds its worker. Others may hold theirs meanwhile.
fn told_of_it(message: &str) -> Option<Told> {
    let site = format!("events.rs:{ITS_LINE}:");
    let mut told = told("message", message).into_iter();
    // A thread that is held up between two polls is told of without a place.
    told.rfind(|event| {
        let spawned_at = event.fields.get("spawned_at");
        spawned_at.is_some_and(|place| place.contains(&site))
    })
}

/// The line of its `spawn!`.
const ITS_LINE: u32 = line!() + 8;

/// The one that it wakes waits for its worker, and for no other.
#[vthread]
fn holds_its_worker(until: impl Fn() -> bool + Send) {
    let (tx, rx) = channel(1);
    group! {
        spawn! { while rx.recv().is_ok() {} };
        spawn!(move => {
            while !until() {
                tx.send(()).unwrap();
                let begun = Instant::now();
                while begun.elapsed() < Duration::from_millis(40) && !until() {
                    std::hint::spin_loop();
                }
            }
        });
    }
}

#[test]
fn case_35_a_stuck_poll_is_told_with_its_place_and_its_time() {
    const RELIEVED: &str =
        "a vthread holds its OS thread in one poll, and another thread has taken over the worker";
    const CAME_BACK: &str = "a vthread that held its OS thread in one poll has given way";
    listen();
    let end = Instant::now() + Duration::from_secs(20);
    holds_its_worker(move || told_of_it(RELIEVED).is_some() || Instant::now() > end);
    let millis = |event: &Told, field| event.fields[field].parse::<u64>().unwrap();
    let relieved = told_of_it(RELIEVED).expect("it was relieved");
    assert_eq!(relieved.level, Level::WARN);
    assert!(millis(&relieved, "so_far_ms") >= 10, "{relieved:?}");
    // It is told by the thread that has come back, when it has.
    while told_of_it(CAME_BACK).is_none() {
        assert!(Instant::now() < end, "it has not come back");
        std::thread::yield_now();
    }
    let came_back = told_of_it(CAME_BACK).unwrap();
    assert_eq!(
        came_back.fields["spawned_at"],
        relieved.fields["spawned_at"]
    );
    assert!(millis(&came_back, "lasted_ms") >= 10, "{came_back:?}");
}
