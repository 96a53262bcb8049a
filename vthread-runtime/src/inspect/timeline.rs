//! The timeline as a file: the trace events that Chrome's viewer and Perfetto read.
//!
//! The format is Google's *Trace Event Format*, as one JSON object. Each OS thread is a track with
//! the polls that it has made. Each vthread is a track of its own, with its life and, inside that,
//! its waits; an arrow leads from what has woken it to its next poll. Events that the rings no
//! longer have are missing, but what is written is whole: each begin has its end.

use super::json::Object;
use super::merge::merge;
use crate::config;
use crate::scheduler::threads;
use crate::task::wait_reason::WaitReason;
use crate::trace::timeline::{self, Event, Subject, Then, What, Who};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs;
use std::io;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// How long something may take before threads are called to look at the clock. A thread that wakes
/// more often than this takes time from the program where all processors are busy.
const CALLS: Duration = Duration::from_millis(2);
/// The same while nothing is recorded.
const IDLE_CALLS: Duration = Duration::from_millis(64);

/// The process, which may fork, and the file.
static TARGET: OnceLock<(u32, PathBuf)> = OnceLock::new();

/// Records events from now on, if the environment or the configuration asks for it. Returns whether
/// it does: then `write` is to be called when the process exits.
#[cold]
pub(crate) fn follow_configuration() -> bool {
    let Some(path) = config::trace_target() else {
        return false;
    };
    // A file that cannot be written is reported now, and not at the end.
    if let Err(error) = fs::write(&path, "") {
        eprintln!(
            "vthread: no timeline is recorded: {}: {error}",
            path.display()
        );
        return false;
    }
    let is_first = TARGET.set((std::process::id(), path)).is_ok();
    if is_first {
        timeline::switch_on();
        // Without it, times are less exact.
        let _ = threads::start_beside("timeline", call_threads);
    }
    is_first
}

fn call_threads() {
    let mut pause = CALLS;
    loop {
        thread::sleep(pause);
        pause = match timeline::call_threads() {
            true => CALLS,
            false => IDLE_CALLS.min(2 * pause),
        };
    }
}

/// Writes what has been recorded so far, if anything is.
pub(crate) fn write() {
    let Some((process, path)) = TARGET.get() else {
        return;
    };
    if *process != std::process::id() {
        return;
    }
    if let Err(error) = write_to(path) {
        eprintln!("vthread: the timeline is lost: {}: {error}", path.display());
    }
}

/// Whether events are recorded.
#[cfg(feature = "console")]
pub(crate) fn is_recorded() -> bool {
    timeline::is_on()
}

/// What has been recorded so far, if anything is.
#[cfg(feature = "console")]
pub(crate) fn text() -> Option<String> {
    is_recorded().then(events)
}

fn events() -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = Writer::new(&mut text).write();
    text
}

fn write_to(path: &Path) -> io::Result<()> {
    let text = events();
    // In one step: the viewer may be reading it.
    let new = path.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(&new, path)
}

/// What is known of a vthread while its events are gone through.
#[derive(Debug)]
struct Life {
    subject: Subject,
    /// How many began before it.
    number: u64,
    /// When it was first seen.
    began: u64,
    /// How often it was polled.
    n_polls: u64,
    /// Since when it waits, and for what.
    waits: Option<(u64, &'static str)>,
    /// Where it was woken, if it has not been polled since: a thread, a time.
    woken: Option<(u64, u64)>,
}

/// What is known of a thread.
#[derive(Debug, Default)]
struct Track {
    /// The poll that it makes as a worker.
    polled: Option<Poll>,
    /// The polls of blocking calls, each in the frame of the one before.
    calls: Vec<Poll>,
    sleeps: Option<u64>,
}

#[derive(Debug)]
struct Poll {
    subject: Subject,
    since: u64,
    /// Of the vthread, and the number of the poll among its polls.
    number: (u64, u64),
}

struct Writer<'a> {
    text: &'a mut String,
    names: HashMap<u64, Arc<str>>,
    sites: HashMap<(&'static str, &'static Location<'static>), Arc<str>>,
    /// Those that have begun and not ended.
    lives: HashMap<Who, Life>,
    tracks: BTreeMap<u64, Track>,
    n_lives: u64,
    n_arrows: usize,
    is_begun: bool,
}

impl<'a> Writer<'a> {
    fn new(text: &'a mut String) -> Self {
        Writer {
            text,
            names: timeline::names(),
            sites: HashMap::new(),
            lives: HashMap::new(),
            tracks: BTreeMap::new(),
            n_lives: 0,
            n_arrows: 0,
            is_begun: false,
        }
    }

    fn write(mut self) -> fmt::Result {
        self.text.push_str("{\"traceEvents\":[");
        let recorded = timeline::recorded();
        for (thread, _) in &recorded.threads {
            self.event("M", "thread_name", "", thread.number, 0, |object| {
                object.object("args", |inner| inner.text("name", &thread.name))
            })?;
        }
        let threads = recorded.threads.into_iter();
        let events = merge(
            threads
                .map(|(thread, of_it)| (thread.number, of_it))
                .collect(),
        );
        let last = events.iter().map(|(_, event)| event.at).max();
        let end = last.unwrap_or_default().max(recorded.now);
        for (thread, event) in events {
            self.one(thread, event)?;
        }
        for (thread, track) in std::mem::take(&mut self.tracks) {
            for poll in track.polled.into_iter().chain(track.calls) {
                self.poll(thread, &poll, end, "is polled")?;
            }
            if let Some(since) = track.sleeps {
                self.sleep(thread, since, end)?;
            }
        }
        let mut lives: Vec<Life> = self.lives.drain().map(|(_, life)| life).collect();
        lives.sort_by_key(|life| life.number);
        for life in lives {
            self.end(&life, end)?;
        }
        self.text.push_str("\n]}\n");
        Ok(())
    }

    fn one(&mut self, thread: u64, event: Event) -> fmt::Result {
        let at = event.at;
        match event.what {
            What::Spawned(subject) => {
                // The end of another one at that address is not there any more.
                if let Some(life) = self.lives.remove(&subject.who) {
                    self.end(&life, at)?;
                }
                let number = self.life(subject, at).number;
                self.instant("spawn", thread, at, Some((subject, number)))
            }
            What::Woken(subject) => {
                let life = self.life(subject, at);
                life.woken = Some((thread, at));
                let (number, waits) = (life.number, life.waits.take());
                if let Some((since, words)) = waits {
                    self.wait(number, since, at, words)?;
                }
                self.instant("wake", thread, at, Some((subject, number)))
            }
            What::Cancelled(subject) => {
                let number = self.life(subject, at).number;
                self.instant("cancel", thread, at, Some((subject, number)))
            }
            What::Stole => self.instant("steal", thread, at, None),
            What::Timers(n) => self.event("i", "timers", "", thread, at, |object| {
                object.text("s", "t")?;
                object.object("args", |inner| inner.plain("due", n))
            }),
            What::Ready => self.instant("ready", thread, at, None),
            What::Sleeps => {
                self.track(thread).sleeps = Some(at);
                Ok(())
            }
            What::Rises => match self.track(thread).sleeps.take() {
                Some(since) => self.sleep(thread, since, at),
                None => Ok(()),
            },
            What::Polls(subject, before) => {
                self.worker_turns(thread, at, before)?;
                let poll = self.begin(thread, subject, at)?;
                self.track(thread).polled = Some(poll);
                Ok(())
            }
            What::Turns(before) => self.worker_turns(thread, at, before),
            What::Calls(subject) => {
                let poll = self.begin(thread, subject, at)?;
                self.track(thread).calls.push(poll);
                Ok(())
            }
            What::Returns(then) => match self.track(thread).calls.pop() {
                Some(poll) => self.is_over(thread, &poll, at, then),
                None => Ok(()),
            },
        }
    }

    fn track(&mut self, thread: u64) -> &mut Track {
        self.tracks.entry(thread).or_default()
    }

    /// The poll of a worker is over.
    fn worker_turns(&mut self, thread: u64, at: u64, then: Then) -> fmt::Result {
        match self.track(thread).polled.take() {
            Some(poll) => self.is_over(thread, &poll, at, then),
            None => Ok(()),
        }
    }

    /// A poll begins: what its vthread has waited for is over.
    fn begin(&mut self, thread: u64, subject: Subject, at: u64) -> Result<Poll, fmt::Error> {
        let life = self.life(subject, at);
        life.n_polls += 1;
        let number = (life.number, life.n_polls);
        let (woken, waited) = (life.woken.take(), life.waits.take());
        if let Some((began, words)) = waited {
            self.wait(number.0, began, at, words)?;
        }
        if let Some((from, when)) = woken {
            self.n_arrows += 1;
            let arrow = self.n_arrows;
            self.event("s", "wake", "wake", from, when, |object| {
                object.plain("id", arrow)
            })?;
            self.event("f", "wake", "wake", thread, at, |object| {
                object.text("bp", "e")?;
                object.plain("id", arrow)
            })?;
        }
        Ok(Poll {
            subject,
            since: at,
            number,
        })
    }

    /// A poll is over.
    fn is_over(&mut self, thread: u64, poll: &Poll, at: u64, then: Then) -> fmt::Result {
        let waits = WaitReason::of(then).map(WaitReason::words);
        self.poll(thread, poll, at, waits.unwrap_or("ends"))?;
        // Another thread may have gone on with the vthread before this one recorded the end.
        let who = poll.subject.who;
        let life = self.lives.get_mut(&who);
        let Some(life) = life.filter(|life| (life.number, life.n_polls) == poll.number) else {
            return Ok(());
        };
        if let Some(words) = waits {
            let is_woken = life.woken.is_some();
            life.waits = (!is_woken).then_some((at, words));
            return Ok(());
        }
        match self.lives.remove(&who) {
            Some(life) => self.end(&life, at),
            None => Ok(()),
        }
    }

    /// A poll on the track of its thread.
    fn poll(&mut self, thread: u64, poll: &Poll, until: u64, then: &str) -> fmt::Result {
        let name = self.name(poll.subject);
        self.event("X", &name, "poll", thread, poll.since, |object| {
            object.plain("dur", micros(until.saturating_sub(poll.since)))?;
            object.object("args", |inner| {
                inner.plain("vthread", poll.number.0)?;
                inner.text("site", poll.subject.site)?;
                inner.text("then", then)
            })
        })
    }

    fn sleep(&mut self, thread: u64, since: u64, until: u64) -> fmt::Result {
        self.event("X", "sleep", "", thread, since, |object| {
            object.plain("dur", micros(until.saturating_sub(since)))
        })
    }

    fn life(&mut self, subject: Subject, now: u64) -> &mut Life {
        self.lives.entry(subject.who).or_insert_with(|| {
            self.n_lives += 1;
            Life {
                subject,
                number: self.n_lives,
                began: now,
                n_polls: 0,
                waits: None,
                woken: None,
            }
        })
    }

    /// The life of a vthread, with the wait that is open in it.
    fn end(&mut self, life: &Life, at: u64) -> fmt::Result {
        if let Some((since, words)) = life.waits {
            self.wait(life.number, since, at, words)?;
        }
        let name = self.name(life.subject);
        self.span(life.number, &name, life.began, at)
    }

    fn wait(&mut self, number: u64, since: u64, until: u64, words: &str) -> fmt::Result {
        let name = format!("waits {words}");
        self.span(number, &name, since, until.max(since))
    }

    /// A span on the track of a vthread.
    fn span(&mut self, number: u64, name: &str, from: u64, to: u64) -> fmt::Result {
        for (phase, at) in [("b", from), ("e", to)] {
            self.event(phase, name, "vthread", 0, at, |object| {
                object.plain("id", number)
            })?;
        }
        Ok(())
    }

    fn instant(
        &mut self,
        name: &str,
        thread: u64,
        at: u64,
        subject: Option<(Subject, u64)>,
    ) -> fmt::Result {
        self.event("i", name, "", thread, at, |object| {
            object.text("s", "t")?;
            let Some((subject, number)) = subject else {
                return Ok(());
            };
            object.object("args", |inner| {
                inner.plain("vthread", number)?;
                inner.text("site", subject.site)
            })
        })
    }

    /// One event. `more` writes the members that only this kind has.
    fn event(
        &mut self,
        phase: &str,
        name: &str,
        category: &str,
        thread: u64,
        at: u64,
        more: impl FnOnce(&mut Object<'_>) -> fmt::Result,
    ) -> fmt::Result {
        let is_next = std::mem::replace(&mut self.is_begun, true);
        let mut object = Object::begin(self.text, is_next)?;
        object.text("ph", phase)?;
        object.text("name", name)?;
        if !category.is_empty() {
            object.text("cat", category)?;
        }
        object.plain("pid", 1)?;
        object.plain("tid", thread)?;
        object.plain("ts", micros(at))?;
        more(&mut object)?;
        object.end();
        Ok(())
    }

    fn name(&mut self, subject: Subject) -> Arc<str> {
        let kind = match subject.who {
            Who::Call(_) => "call",
            Who::At(_) | Who::Named(_) => "vthread",
        };
        if let Who::Named(number) = subject.who
            && let Some(name) = self.names.get(&number)
        {
            return name.clone();
        }
        let of_site = self.sites.entry((kind, subject.site));
        of_site
            .or_insert_with(|| format!("{kind} at {}", subject.site).into())
            .clone()
    }
}

/// Nanoseconds as the microseconds of the format.
fn micros(nanos: u64) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "{}.{:03}", nanos / 1000, nanos % 1000))
}
