//! The events of all threads in one order.
//!
//! The order of each thread is known, and each event has a time; but most times lie between two
//! looks at the clock (`trace/placing.rs`), so that a wake may seem to come after the poll that it
//! has caused on another thread. What is known as well is the life of a vthread: it is spawned,
//! polled, waits, is woken, is polled again, and ends. So an event that cannot be the next one in
//! the life of its vthread holds up the rest of its thread until one of another thread has come
//! that may have been before it. Then it gets a time that is not earlier.

use crate::task::wait_reason::WaitReason;
use crate::trace::timeline::{Event, Then, What, Who};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::mem;

/// The events of threads, each with the number of its thread, in one order.
pub(super) fn merge(threads: Vec<(u64, Vec<Event>)>) -> Vec<(u64, Event)> {
    let mut merge = Merge::new(threads);
    merge.run();
    merge.done
}

/// What a vthread does, as far as the events tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    Queued,
    Polled,
    /// It will not wait after its poll, or was woken when the end of the poll was not recorded.
    PolledAndWoken,
    Waits,
    Ended,
}

#[derive(Clone, Copy, Debug)]
struct Life {
    doing: Doing,
    /// The time of its last event, before which the next one was not.
    at: u64,
}

/// The events of a thread.
#[derive(Debug)]
struct Stream {
    thread: u64,
    events: Vec<Event>,
    next: usize,
    /// The time of the one before that.
    at: u64,
    polled: Option<Who>,
}

/// An event in the life of a vthread.
#[derive(Debug)]
struct Entry {
    earliest: u64,
    stream: usize,
    index: usize,
    is_spawn: bool,
}

/// The events in the life of a vthread, by time.
#[derive(Debug, Default)]
struct Entries {
    all: Vec<Entry>,
    /// Those before it are done.
    first: usize,
}

struct Merge {
    streams: Vec<Stream>,
    entries: HashMap<Who, Entries>,
    lives: HashMap<Who, Life>,
    /// The streams that go on, by the time of their next event.
    ready: BinaryHeap<Reverse<(u64, usize)>>,
    /// The others, by the vthread that their next event is about.
    held: HashMap<Who, Vec<usize>>,
    done: Vec<(u64, Event)>,
}

/// The vthread that an event is about.
fn subject(what: What) -> Option<Who> {
    match what {
        What::Spawned(subject) | What::Polls(subject, _) | What::Woken(subject) => {
            // Wakes of blocking calls are not recorded.
            (!matches!(subject.who, Who::Call(_))).then_some(subject.who)
        }
        _ => None,
    }
}

/// What the vthread does that the thread has polled until this event.
fn end_of_poll(what: What) -> Option<Then> {
    match what {
        What::Polls(_, then) | What::Turns(then) => Some(then),
        _ => None,
    }
}

impl Merge {
    fn new(threads: Vec<(u64, Vec<Event>)>) -> Self {
        let mut entries: HashMap<Who, Entries> = HashMap::new();
        for (stream, (_, events)) in threads.iter().enumerate() {
            let mut polled = None;
            for (index, event) in events.iter().enumerate() {
                let who = subject(event.what);
                let ended = end_of_poll(event.what).and_then(|_| polled.take());
                if matches!(event.what, What::Polls(..)) {
                    polled = who;
                }
                for who in [ended, who].into_iter().flatten() {
                    entries.entry(who).or_default().all.push(Entry {
                        earliest: event.earliest,
                        stream,
                        index,
                        is_spawn: matches!(event.what, What::Spawned(_)),
                    });
                }
            }
        }
        for of_one in entries.values_mut() {
            of_one.all.sort_by_key(|entry| entry.earliest);
        }
        let streams: Vec<_> = threads
            .into_iter()
            .map(|(thread, events)| Stream {
                thread,
                events,
                next: 0,
                at: 0,
                polled: None,
            })
            .collect();
        let mut merge = Merge {
            entries,
            lives: HashMap::new(),
            ready: BinaryHeap::new(),
            held: HashMap::new(),
            done: Vec::new(),
            streams,
        };
        (0..merge.streams.len()).for_each(|stream| merge.continue_with(stream));
        merge
    }

    fn run(&mut self) {
        loop {
            if let Some(Reverse((_, stream))) = self.ready.pop() {
                match self.obstacle(stream) {
                    Some(who) => self.held.entry(who).or_default().push(stream),
                    None => self.take(stream),
                }
            } else if let Some(stream) = self.first_held() {
                // What it waits for was forgotten.
                self.take(stream);
            } else {
                return;
            }
        }
    }

    fn continue_with(&mut self, stream: usize) {
        if let Some(event) = self.head(stream) {
            self.ready.push(Reverse((event.at, stream)));
        }
    }

    fn head(&self, stream: usize) -> Option<Event> {
        let stream = &self.streams[stream];
        stream.events.get(stream.next).copied()
    }

    fn first_held(&mut self) -> Option<usize> {
        let held = self.held.iter();
        let all = held.flat_map(|(who, streams)| streams.iter().map(move |stream| (*who, *stream)));
        let (who, first) =
            all.min_by_key(|(_, stream)| self.head(*stream).map(|event| event.at))?;
        self.held.get_mut(&who)?.retain(|stream| *stream != first);
        Some(first)
    }

    /// The vthread of which another thread has an event that comes before the next one here.
    fn obstacle(&mut self, stream: usize) -> Option<Who> {
        let event = self.head(stream)?;
        let who = subject(event.what)?;
        let doing = self.lives.get(&who).map(|life| life.doing);
        let (is_next, after_spawn) = match (event.what, doing) {
            (What::Spawned(_), None | Some(Doing::Ended)) => (true, false),
            (What::Polls(..), Some(Doing::Queued)) => (true, false),
            (What::Polls(..), None | Some(Doing::Ended)) => (false, true),
            (What::Woken(_), None | Some(Doing::Waits | Doing::Polled)) => (true, false),
            _ => (false, false),
        };
        let is_held = !is_next && self.has_earlier(who, stream, event.latest, after_spawn);
        is_held.then_some(who)
    }

    /// Whether another thread has an event of the vthread that may have happened until then.
    fn has_earlier(&mut self, who: Who, here: usize, until: u64, only_spawns: bool) -> bool {
        let Some(entries) = self.entries.get_mut(&who) else {
            return false;
        };
        let is_done = |entry: &Entry| entry.index < self.streams[entry.stream].next;
        while entries.all.get(entries.first).is_some_and(is_done) {
            entries.first += 1;
        }
        let rest = entries.all[entries.first..].iter();
        let mut in_time = rest.take_while(|entry| entry.earliest <= until);
        in_time.any(|entry| {
            entry.stream != here && !is_done(entry) && (entry.is_spawn || !only_spawns)
        })
    }

    fn take(&mut self, number: usize) {
        let stream = &mut self.streams[number];
        let mut event = stream.events[stream.next];
        stream.next += 1;
        event.at = event.at.max(stream.at);
        let who = subject(event.what);
        if let Some(before) = who.and_then(|who| self.lives.get(&who)) {
            event.at = event.at.max(before.at);
        }
        stream.at = event.at;
        let mut ended = None;
        if let Some(then) = end_of_poll(event.what) {
            ended = mem::take(&mut stream.polled);
            if let Some(life) = ended.and_then(|who| self.lives.get_mut(&who)) {
                life.doing = after_poll(life.doing, then);
                if matches!(life.doing, Doing::Waits | Doing::Ended) {
                    life.at = life.at.max(event.at);
                }
            }
        }
        if let Some(who) = who {
            let before = self.lives.get(&who).map(|life| life.doing);
            let doing = match event.what {
                What::Polls(..) => {
                    stream.polled = Some(who);
                    Doing::Polled
                }
                What::Woken(_) if before == Some(Doing::Polled) => Doing::PolledAndWoken,
                _ => Doing::Queued,
            };
            let at = event.at;
            self.lives.insert(who, Life { doing, at });
        }
        self.done.push((stream.thread, event));
        self.continue_with(number);
        for who in [ended, who].into_iter().flatten() {
            for stream in self.held.remove(&who).unwrap_or_default() {
                self.continue_with(stream);
            }
        }
    }
}

fn after_poll(doing: Doing, then: Then) -> Doing {
    match (doing, WaitReason::of(then)) {
        (Doing::Polled, Some(WaitReason::Queued)) | (Doing::PolledAndWoken, Some(_)) => {
            Doing::Queued
        }
        (Doing::Polled, Some(_)) => Doing::Waits,
        (Doing::Polled | Doing::PolledAndWoken, None) => Doing::Ended,
        // The poll was over when another thread went on with the vthread.
        (doing, _) => doing,
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::trace::timeline::Subject;
    use std::panic::Location;

    const WAITS: Then = WaitReason::Receiving.as_then();

    fn vthread(number: usize) -> Subject {
        Subject {
            who: Who::At(number),
            site: Location::caller(),
        }
    }

    /// An event at a time that is right, or wrong by so much.
    fn event(at: u64, wrong: u64, what: What) -> Event {
        Event {
            at,
            earliest: at.saturating_sub(wrong),
            latest: at + wrong,
            what,
        }
    }

    fn merged(threads: Vec<Vec<Event>>) -> Vec<(u64, u64)> {
        let merged = merge((0..).zip(threads).collect());
        merged
            .into_iter()
            .map(|(thread, event)| (thread, event.at))
            .collect()
    }

    #[test]
    fn what_is_in_order_stays_as_it_is() {
        let [a, b] = [1, 2].map(vthread);
        let events = merged(vec![
            vec![
                event(1, 0, What::Spawned(a)),
                event(4, 0, What::Woken(a)),
                event(6, 0, What::Spawned(b)),
            ],
            vec![
                event(2, 0, What::Polls(a, Then::NO_POLL)),
                event(3, 0, What::Turns(WAITS)),
                event(5, 0, What::Polls(a, Then::NO_POLL)),
                event(7, 0, What::Polls(b, Then::ENDS)),
            ],
        ]);
        assert_eq!(
            events,
            [(0, 1), (1, 2), (1, 3), (0, 4), (1, 5), (0, 6), (1, 7)]
        );
    }

    #[test]
    fn a_poll_comes_after_the_spawn_and_the_wake_that_seem_later() {
        let [a, b] = [1, 2].map(vthread);
        let events = merged(vec![
            vec![
                event(20, 10, What::Spawned(a)),
                event(22, 10, What::Spawned(b)),
                event(30, 10, What::Woken(a)),
            ],
            vec![
                event(15, 0, What::Polls(a, Then::NO_POLL)),
                event(16, 0, What::Turns(WAITS)),
                event(25, 0, What::Polls(a, Then::NO_POLL)),
                event(26, 0, What::Polls(b, Then::ENDS)),
            ],
        ]);
        assert_eq!(
            events,
            [
                (0, 20),
                (1, 20),
                (1, 20),
                (0, 22),
                (0, 30),
                (1, 30),
                (1, 30)
            ]
        );
    }

    #[test]
    fn an_address_is_used_again_after_the_end() {
        let a = vthread(1);
        let events = merged(vec![
            vec![
                event(10, 0, What::Spawned(a)),
                event(12, 5, What::Spawned(a)),
            ],
            vec![
                event(13, 5, What::Polls(a, Then::NO_POLL)),
                event(14, 5, What::Turns(Then::ENDS)),
                event(18, 0, What::Polls(a, Then::NO_POLL)),
            ],
        ]);
        assert_eq!(events, [(0, 10), (1, 13), (1, 14), (0, 14), (1, 18)]);
    }

    #[test]
    fn what_was_forgotten_holds_up_nothing() {
        let [a, b] = [1, 2].map(vthread);
        // Each thread waits for what the other one has: no order is right.
        let events = merged(vec![
            vec![
                event(1, 9, What::Polls(a, Then::NO_POLL)),
                event(2, 9, What::Spawned(b)),
            ],
            vec![
                event(3, 9, What::Polls(b, Then::NO_POLL)),
                event(4, 9, What::Spawned(a)),
            ],
        ]);
        assert_eq!(events.len(), 4);
        assert_eq!(events[0], (0, 1));
    }
}
