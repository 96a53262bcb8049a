//! Events of the timeline as the two words in which they are kept (`chunks.rs`), and back.

use super::chunks::Record;
use super::placing::Look;
use super::timeline::{Subject, Then, What, Who};

/// The kinds of events, in the lowest four bits of a record's `what`. Then come two bits that say
/// what the number is; from the eighth bit on a byte for what the vthread does then, and 48 bits
/// for its number, as many as an address has.
mod kind {
    pub(super) const SPAWNED: u64 = 0;
    pub(super) const POLLS: u64 = 1;
    pub(super) const TURNS: u64 = 2;
    pub(super) const CALLS: u64 = 3;
    pub(super) const RETURNS: u64 = 4;
    pub(super) const WOKEN: u64 = 5;
    pub(super) const CANCELLED: u64 = 6;
    pub(super) const STOLE: u64 = 7;
    pub(super) const SLEEPS: u64 = 8;
    pub(super) const RISES: u64 = 9;
    pub(super) const TIMERS: u64 = 10;
    pub(super) const READY: u64 = 11;
    /// A look at the clock: a bit says whether it was called for, and all others what it showed.
    pub(super) const LOOK: u64 = 12;
    pub(super) const BITS: u64 = 0xf;
}
/// What the number is: if neither is set, a vthread's address.
const NAMED: u64 = 1 << 4;
const CALL: u64 = 1 << 5;
const THEN: u32 = 8;
const NUMBER: u32 = 16;
/// Of a look.
const CALLED: u64 = 1 << 4;
const STAMP: u32 = 5;

pub(super) fn encode_look(look: Look) -> Record {
    let called = if look.is_called { CALLED } else { 0 };
    Record {
        what: kind::LOOK | called | look.stamp << STAMP,
        site: None,
    }
}

pub(super) fn decode_look(record: Record) -> Option<Look> {
    (record.what & kind::BITS == kind::LOOK).then_some(Look {
        stamp: record.what >> STAMP,
        is_called: record.what & CALLED != 0,
    })
}

#[inline(always)] // Which event it is is known where it is recorded.
pub(super) fn encode(what: What) -> Record {
    let of = |kind: u64, subject: Subject, then: Then| {
        let (tag, number) = match subject.who {
            Who::At(address) => (0, address as u64),
            Who::Named(number) => (NAMED, number),
            Who::Call(address) => (CALL, address as u64),
        };
        Record {
            what: kind | tag | u64::from(then.number()) << THEN | number << NUMBER,
            site: Some(subject.site),
        }
    };
    let plain = |kind: u64, then: Then, number: u32| Record {
        what: kind | u64::from(then.number()) << THEN | u64::from(number) << NUMBER,
        site: None,
    };
    let none = Then::waits(0);
    match what {
        What::Spawned(subject) => of(kind::SPAWNED, subject, none),
        What::Polls(subject, before) => of(kind::POLLS, subject, before),
        What::Turns(before) => plain(kind::TURNS, before, 0),
        What::Calls(subject) => of(kind::CALLS, subject, none),
        What::Returns(then) => plain(kind::RETURNS, then, 0),
        What::Woken(subject) => of(kind::WOKEN, subject, none),
        What::Cancelled(subject) => of(kind::CANCELLED, subject, none),
        What::Stole => plain(kind::STOLE, none, 0),
        What::Sleeps => plain(kind::SLEEPS, none, 0),
        What::Rises => plain(kind::RISES, none, 0),
        What::Timers(n) => plain(kind::TIMERS, none, n),
        What::Ready => plain(kind::READY, none, 0),
    }
}

pub(super) fn decode(record: Record) -> Option<What> {
    let number = record.what >> NUMBER;
    let subject = || {
        Some(Subject {
            who: match record.what & (NAMED | CALL) {
                0 => Who::At(number as usize),
                NAMED => Who::Named(number),
                _ => Who::Call(number as usize),
            },
            site: record.site?,
        })
    };
    let then = Then::with_number((record.what >> THEN) as u8);
    Some(match record.what & kind::BITS {
        kind::SPAWNED => What::Spawned(subject()?),
        kind::POLLS => What::Polls(subject()?, then),
        kind::TURNS => What::Turns(then),
        kind::CALLS => What::Calls(subject()?),
        kind::RETURNS => What::Returns(then),
        kind::WOKEN => What::Woken(subject()?),
        kind::CANCELLED => What::Cancelled(subject()?),
        kind::STOLE => What::Stole,
        kind::SLEEPS => What::Sleeps,
        kind::RISES => What::Rises,
        kind::TIMERS => What::Timers(number as u32),
        kind::READY => What::Ready,
        _ => return None,
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::panic::Location;

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let subject = |who| Subject {
            who,
            site: Location::caller(),
        };
        let large = subject(Who::Call((1 << 48) - 1));
        let small = subject(Who::Named(1));
        let local = 0_u64;
        let unnamed = subject(Who::At(std::ptr::from_ref(&local).addr()));
        for what in [
            What::Spawned(large),
            What::Polls(small, Then::NO_POLL),
            What::Polls(unnamed, Then::ENDS),
            What::Polls(large, Then::waits(7)),
            What::Turns(Then::waits(0)),
            What::Calls(large),
            What::Returns(Then::ENDS),
            What::Woken(unnamed),
            What::Cancelled(large),
            What::Stole,
            What::Sleeps,
            What::Rises,
            What::Timers(u32::MAX),
            What::Ready,
        ] {
            let record = encode(what);
            assert_eq!(decode(record), Some(what));
            assert_eq!(decode_look(record), None);
        }
        for is_called in [false, true] {
            let look = Look {
                stamp: u64::MAX >> STAMP,
                is_called,
            };
            assert_eq!(decode_look(encode_look(look)), Some(look));
        }
    }
}
