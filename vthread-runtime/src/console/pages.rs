//! What is at which path.

use super::request::Request;
use super::response::Response;
use super::search::Search;
use super::tree::{People, Tree};
use super::tree_json;
use crate::inspect::json::Object;
use crate::inspect::{self, Dump, timeline, watchdog};
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PAGE: &str = include_str!("page.html");

/// How long an answer serves others that ask for the same, at least.
const KEPT: Duration = Duration::from_millis(200);
/// And in multiples of the time that it took: so no crowd of clients takes more of the program than
/// that part.
const REST: u32 = 10;

/// How many lines below one are shown if the client does not say.
const LIMIT: usize = 100;

/// What an answer is made of, for some time.
#[derive(Debug)]
struct Kept<T> {
    value: T,
    until: Instant,
}

impl<T> Kept<T> {
    /// The value in `place`, or a new one.
    fn get(place: &mut Option<Self>, make: impl FnOnce() -> T) -> &mut Self {
        Self::forget(place);
        place.get_or_insert_with(|| {
            let began = Instant::now();
            let (value, until) = (make(), began);
            let mut kept = Kept { value, until };
            kept.lasts_for(began);
            kept
        })
    }

    /// It is kept for as long as what was made of it since `began` asks for.
    fn lasts_for(&mut self, began: Instant) {
        let now = Instant::now();
        self.until = self.until.max(now + KEPT.max((now - began) * REST));
    }

    fn forget(place: &mut Option<Self>) {
        place.take_if(|kept| kept.until <= Instant::now());
    }
}

/// How many answers are kept with a dump. Each may be some megabytes.
const MOST_ANSWERS: usize = 16;

/// A dump, and the answers that were made of it, by the paths and queries that asked for them.
#[derive(Debug)]
struct Dumped {
    dump: Dump,
    answers: HashMap<(String, String), Arc<Vec<u8>>>,
}

/// The answers.
#[derive(Debug)]
pub(super) struct Pages {
    metrics: fn() -> String,
    figures: Option<Kept<Arc<Vec<u8>>>>,
    dump: Option<Kept<Dumped>>,
    timeline: Option<Kept<Option<Arc<Vec<u8>>>>>,
    /// Begins with keys that the system has drawn.
    chance: RandomState,
    n_nonces: u64,
}

impl Pages {
    pub(super) fn new(metrics: fn() -> String) -> Self {
        Pages {
            metrics,
            figures: None,
            dump: None,
            timeline: None,
            chance: RandomState::new(),
            n_nonces: 0,
        }
    }

    pub(super) fn answer(&mut self, request: &Request) -> Response {
        match request.path.as_str() {
            "/" => {
                let nonce = self.nonce();
                Response::page(PAGE.replace("@nonce@", &nonce), &nonce)
            }
            "/tree.json" => Response::json(self.of_dump(request, tree)),
            "/dump.json" => Response::json(self.of_dump(request, |dump, _| dump.to_json())),
            "/dump.txt" => Response::text(self.of_dump(request, |dump, _| format!("{dump:#}"))),
            "/folded.txt" => Response::text(self.of_dump(request, |dump, _| dump.folded())),
            "/deadlocks.json" => Response::json(Arc::new(deadlocks().into_bytes())),
            "/metrics" => {
                let metrics = self.metrics;
                let figures = Kept::get(&mut self.figures, || Arc::new(metrics().into_bytes()));
                Response::metrics(figures.value.clone())
            }
            "/trace.json" => {
                let make = || timeline::text().map(|text| Arc::new(text.into_bytes()));
                match &Kept::get(&mut self.timeline, make).value {
                    Some(text) => Response::json_file("timeline.json", text.clone()),
                    None => Response::not_found(
                        "No timeline is recorded: start the program with VTHREAD_TRACE=FILE.\n",
                    ),
                }
            }
            _ => Response::not_found(
                "There are /, /tree.json, /dump.json, /dump.txt, /folded.txt, /deadlocks.json, \
                 /metrics and /trace.json.\n",
            ),
        }
    }

    /// Until when something is kept.
    pub(super) fn kept_until(&self) -> Option<Instant> {
        let figures = self.figures.as_ref().map(|kept| kept.until);
        let dump = self.dump.as_ref().map(|kept| kept.until);
        let timeline = self.timeline.as_ref().map(|kept| kept.until);
        figures.into_iter().chain(dump).chain(timeline).min()
    }

    /// Forgets what is old, which may be large.
    pub(super) fn forget(&mut self) {
        Kept::forget(&mut self.figures);
        Kept::forget(&mut self.dump);
        Kept::forget(&mut self.timeline);
    }

    /// The answer to `request` that `make` makes of a dump, which others may have asked for before.
    fn of_dump(
        &mut self,
        request: &Request,
        make: impl FnOnce(&Dump, &Request) -> String,
    ) -> Arc<Vec<u8>> {
        let kept = Kept::get(&mut self.dump, || Dumped {
            dump: inspect::dump(),
            answers: HashMap::new(),
        });
        let asked = (request.path.clone(), request.query.clone());
        if let Some(answer) = kept.value.answers.get(&asked) {
            return answer.clone();
        }
        let began = Instant::now();
        let answer = Arc::new(make(&kept.value.dump, request).into_bytes());
        kept.lasts_for(began);
        let answers = &mut kept.value.answers;
        if answers.len() < MOST_ANSWERS {
            answers.insert(asked, answer.clone());
        }
        answer
    }

    /// A word that no other site can know.
    fn nonce(&mut self) -> String {
        self.n_nonces += 1;
        let halves = [0_u8, 1].map(|half| self.chance.hash_one((self.n_nonces, half)));
        format!("{:016x}{:016x}", halves[0], halves[1])
    }
}

fn tree(dump: &Dump, request: &Request) -> String {
    let search = Search::new(&request.parameter("q"));
    let limit = request.parameter("limit").parse().unwrap_or(LIMIT);
    let limit = usize::min(limit, tree_json::MOST_LINES);
    let people = People::of(dump.snapshot());
    let tree = Tree::of(&people, &search);
    tree_json::write(&people, &tree, limit, about)
}

/// What the page says of the process.
fn about(object: &mut Object<'_>) -> fmt::Result {
    let program = std::env::current_exe().ok();
    let program = program.as_deref().and_then(|path| path.file_name());
    let program = program.map(|name| name.to_string_lossy());
    object.text_or_null("program", program)?;
    object.plain("process", std::process::id())?;
    object.plain("has_timeline", timeline::is_recorded())?;
    write_deadlocks(object)
}

fn deadlocks() -> String {
    let mut text = String::new();
    let mut object = Object::inside(&mut text);
    // Writing to a string cannot fail.
    let _ = write_deadlocks(&mut object);
    object.end();
    text
}

/// How many there were, and the last reports.
fn write_deadlocks(object: &mut Object<'_>) -> fmt::Result {
    object.plain("deadlocks", watchdog::n_reported())?;
    object.texts("reports", watchdog::reports())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::request;
    use super::*;

    fn request(target: &str) -> Request {
        let text = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        request::read(text.as_bytes(), false).unwrap().unwrap()
    }

    #[test]
    fn a_crowd_that_asks_for_the_same_is_given_the_same() {
        let mut pages = Pages::new(String::new);
        for target in ["/dump.json", "/dump.txt", "/folded.txt", "/tree.json?q=a"] {
            let mut body = || pages.answer(&request(target)).into_bytes().1;
            let first = body();
            // However slow the machine is.
            let kept = pages.dump.as_mut().unwrap();
            kept.until += Duration::from_secs(3600);
            let mut body = || pages.answer(&request(target)).into_bytes().1;
            assert!(Arc::ptr_eq(&first, &body()), "{target}");
        }
    }
}
