//! A subscriber that remembers all spans, and in which of them each event was.
//!
//! It refuses what a mix-up of vthreads would do: that a span is entered by two threads, that it is
//! left by a thread which has entered another one since, and that it is closed while it is entered.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, Once};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_core::span::Current;

type Fields = BTreeMap<&'static str, String>;

#[derive(Clone, Debug)]
pub(crate) struct SeenSpan {
    pub(crate) metadata: &'static Metadata<'static>,
    pub(crate) fields: Fields,
    pub(crate) parent: Option<u64>,
    /// How often it was entered.
    pub(crate) entries: usize,
    pub(crate) is_entered: bool,
    pub(crate) is_closed: bool,
    references: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct SeenEvent {
    pub(crate) metadata: &'static Metadata<'static>,
    pub(crate) fields: Fields,
    /// The span that it is in.
    pub(crate) span: Option<u64>,
}

#[derive(Debug, Default)]
struct Seen {
    spans: HashMap<u64, SeenSpan>,
    events: Vec<SeenEvent>,
    mistakes: Vec<String>,
}

static SEEN: Mutex<Option<Seen>> = Mutex::new(None);

thread_local! {
    static ENTERED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

fn seen<R>(look: impl FnOnce(&mut Seen) -> R) -> R {
    look(SEEN.lock().unwrap().get_or_insert_default())
}

/// Subscribes, once for all tests.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
}

/// Fails if spans were mixed.
pub(crate) fn nothing_is_mixed() {
    let mistakes = seen(|seen| seen.mistakes.clone());
    assert!(mistakes.is_empty(), "{mistakes:?}");
}

/// The spans with this field.
pub(crate) fn spans(field: &str, value: &str) -> Vec<SeenSpan> {
    seen(|seen| {
        let has_it = |span: &&SeenSpan| span.fields.get(field).is_some_and(|it| it == value);
        seen.spans.values().filter(has_it).cloned().collect()
    })
}

/// The spans with this name.
pub(crate) fn named(name: &str) -> Vec<SeenSpan> {
    seen(|seen| {
        let has_it = |span: &&SeenSpan| span.metadata.name() == name;
        seen.spans.values().filter(has_it).cloned().collect()
    })
}

/// The events with this field.
pub(crate) fn events(field: &str, value: &str) -> Vec<SeenEvent> {
    seen(|seen| {
        let has_it = |event: &&SeenEvent| event.fields.get(field).is_some_and(|it| it == value);
        seen.events.iter().filter(has_it).cloned().collect()
    })
}

/// The spans around an event, innermost first.
pub(crate) fn around(event: &SeenEvent) -> Vec<SeenSpan> {
    above(event.span)
}

/// A span and those around it, innermost first.
pub(crate) fn above(mut span: Option<u64>) -> Vec<SeenSpan> {
    let mut found = Vec::new();
    while let Some(id) = span {
        let at = seen(|seen| seen.spans[&id].clone());
        span = at.parent;
        found.push(at);
    }
    found
}

struct Listener;

#[derive(Default)]
struct Visitor(Fields);

impl Visit for Visitor {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

fn innermost() -> Option<u64> {
    ENTERED.with_borrow(|entered| entered.last().copied())
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // The spans of one module stand for those that a filter hides.
        !metadata.target().starts_with("hidden")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Visitor::default();
        attributes.record(&mut fields);
        let parent = match attributes.is_contextual() {
            true => innermost(),
            false => attributes.parent().map(Id::into_u64),
        };
        seen(|seen| {
            let id = seen.spans.len() as u64 + 1;
            let span = SeenSpan {
                metadata: attributes.metadata(),
                fields: fields.0,
                parent,
                entries: 0,
                is_entered: false,
                is_closed: false,
                references: 1,
            };
            seen.spans.insert(id, span);
            Id::from_u64(id)
        })
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut fields = Visitor::default();
        values.record(&mut fields);
        seen(|seen| {
            let span = seen.spans.get_mut(&id.into_u64()).unwrap();
            span.fields.extend(fields.0);
        });
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Visitor::default();
        event.record(&mut fields);
        let event = SeenEvent {
            metadata: event.metadata(),
            fields: fields.0,
            span: innermost(),
        };
        seen(|seen| seen.events.push(event));
    }

    fn enter(&self, id: &Id) {
        let id = id.into_u64();
        seen(|seen| {
            let span = seen.spans.get_mut(&id).unwrap();
            if std::mem::replace(&mut span.is_entered, true) || span.is_closed {
                seen.mistakes.push(format!("enters {span:?}"));
            }
            seen.spans.get_mut(&id).unwrap().entries += 1;
        });
        ENTERED.with_borrow_mut(|entered| entered.push(id));
    }

    fn exit(&self, id: &Id) {
        let id = id.into_u64();
        let left = ENTERED.with_borrow_mut(Vec::pop);
        seen(|seen| {
            let span = seen.spans.get_mut(&id).unwrap();
            if !std::mem::replace(&mut span.is_entered, false) || left != Some(id) {
                seen.mistakes.push(format!("leaves {span:?}"));
            }
        });
    }

    fn clone_span(&self, id: &Id) -> Id {
        seen(|seen| seen.spans.get_mut(&id.into_u64()).unwrap().references += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        seen(|seen| {
            let span = seen.spans.get_mut(&id.into_u64()).unwrap();
            span.references -= 1;
            span.is_closed = span.references == 0;
            if span.is_closed && span.is_entered {
                seen.mistakes.push(format!("closes {span:?}"));
                return true;
            }
            span.is_closed
        })
    }

    fn current_span(&self) -> Current {
        let Some(id) = innermost() else {
            return Current::none();
        };
        let metadata = seen(|seen| seen.spans[&id].metadata);
        Current::new(Id::from_u64(id), metadata)
    }
}
