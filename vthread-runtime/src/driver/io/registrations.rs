//! The table from the tokens of the system's poller to the descriptors' readiness.
//!
//! A token is an index with a generation, so that a late event of a descriptor that is gone is not
//! taken for one of its successor. (That would be harmless, an extra readiness, but confusing.)
//!
//! The lowest vacant index is used first, so that after many descriptors were closed the table ends
//! not far above the remaining ones; then it is made shorter, and frees its memory.

use super::readiness::Readiness;
use mio::Token;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

const INDEX_BITS: u32 = usize::BITS / 2;
const INDEX_MASK: usize = (1 << INDEX_BITS) - 1;

/// A table of this size or less is not made shorter.
const SHORT: usize = 64;

/// The table. Its last entry is occupied.
#[derive(Debug, Default)]
pub(super) struct Registrations {
    entries: Vec<Option<Entry>>,
    /// The indices of vacant entries, and some that are beyond the end of the table, or duplicates.
    vacant: BinaryHeap<Reverse<usize>>,
    /// The generation of the last entry.
    generation: usize,
}

#[derive(Debug)]
struct Entry {
    generation: usize,
    readiness: Arc<Readiness>,
}

/// The index in a token.
pub(super) fn index_of(token: Token) -> u32 {
    (token.0 & INDEX_MASK) as u32
}

impl Registrations {
    /// Adds `readiness` under a token of its own.
    pub(super) fn insert(&mut self, readiness: Arc<Readiness>) -> Token {
        let index = self.vacant_index();
        // The last index is left out, so that no token equals the largest number.
        assert!(index < INDEX_MASK, "more sources of I/O than tokens");
        self.generation = self.generation.wrapping_add(1) & INDEX_MASK;
        let generation = self.generation;
        self.entries[index] = Some(Entry {
            generation,
            readiness,
        });
        Token(generation << INDEX_BITS | index)
    }

    /// The number of entries.
    pub(super) fn count(&self) -> usize {
        self.entries.iter().flatten().count()
    }

    /// The lowest one.
    fn vacant_index(&mut self) -> usize {
        while let Some(Reverse(index)) = self.vacant.pop() {
            if let Some(None) = self.entries.get(index) {
                return index;
            }
        }
        self.entries.push(None);
        self.entries.len() - 1
    }

    /// The readiness of `token`, if it is still there.
    pub(super) fn get(&self, token: Token) -> Option<&Readiness> {
        let entry = self.entries.get(token.0 & INDEX_MASK)?.as_ref()?;
        (entry.generation == token.0 >> INDEX_BITS).then_some(&entry.readiness)
    }

    /// The token of the entry at `index`, which is occupied.
    pub(super) fn token(&self, index: u32) -> Token {
        let index = index as usize;
        let entry = self.entries.get(index).and_then(Option::as_ref);
        let generation = entry.expect("it is registered").generation;
        Token(generation << INDEX_BITS | index)
    }

    /// Removes the readiness at `index`. The caller drops it outside the lock.
    pub(super) fn remove(&mut self, index: u32) -> Option<Arc<Readiness>> {
        let index = index as usize;
        let entry = self.entries.get_mut(index)?.take()?;
        if index + 1 == self.entries.len() {
            self.shorten();
        } else {
            self.vacant.push(Reverse(index));
        }
        Some(entry.readiness)
    }

    /// Removes the vacant entries at the end. Its cost is paid for by the insertions before.
    fn shorten(&mut self) {
        while let Some(None) = self.entries.last() {
            self.entries.pop();
        }
        let length = self.entries.len();
        if length.max(SHORT) < self.entries.capacity() / 4 {
            self.entries.shrink_to(length.max(SHORT) * 2);
            self.vacant.retain(|Reverse(index)| *index < length);
            self.vacant.shrink_to(SHORT.max(self.vacant.len() * 2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::io::readiness::Interest;

    fn readiness() -> Arc<Readiness> {
        Arc::new(Readiness::new(Interest::BOTH))
    }

    #[test]
    fn a_token_outlives_its_entry_in_vain() {
        let mut registrations = Registrations::default();
        let first = registrations.insert(readiness());
        let second = registrations.insert(readiness());
        assert!(registrations.remove(index_of(first)).is_some());
        assert!(registrations.remove(index_of(first)).is_none());
        let third = registrations.insert(readiness());
        assert_ne!(first, third);
        assert!(registrations.get(first).is_none());
        assert!(registrations.get(second).is_some() && registrations.get(third).is_some());
        assert_eq!(registrations.entries.len(), 2);
    }

    #[test]
    fn strange_tokens_stand_for_nothing() {
        let registrations = Registrations::default();
        assert!(registrations.get(Token(usize::MAX)).is_none());
        assert!(registrations.get(Token(0)).is_none());
    }

    /// Many that come and leave in any order, beside a few that stay.
    #[test]
    #[cfg_attr(miri, ignore = "a crowd is too much for Miri")]
    fn r23_the_table_of_a_crowd_is_given_back() {
        let mut registrations = Registrations::default();
        let mut staying: Vec<_> = (0..3).map(|_| registrations.insert(readiness())).collect();
        for round in 0..6 {
            let mut crowd: Vec<_> = (0..5000)
                .map(|_| registrations.insert(readiness()))
                .collect();
            staying.push(registrations.insert(readiness()));
            match round % 3 {
                0 => {}
                1 => crowd.reverse(),
                _ => crowd.sort_by_key(|token| token.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            }
            // Some come while the others leave.
            let late: Vec<_> = crowd
                .chunks(100)
                .map(|leaving| {
                    for token in leaving {
                        assert!(registrations.remove(index_of(*token)).is_some());
                    }
                    registrations.insert(readiness())
                })
                .collect();
            let old = staying.pop().unwrap();
            assert!(registrations.remove(index_of(old)).is_some());
            staying.push(registrations.insert(readiness()));
            for token in late {
                assert!(registrations.remove(index_of(token)).is_some());
            }
            assert!(
                staying
                    .iter()
                    .all(|token| registrations.get(*token).is_some())
            );
        }
        for token in staying.drain(1..) {
            assert!(registrations.remove(index_of(token)).is_some());
        }
        assert_eq!(registrations.entries.len(), 1);
        assert!(registrations.entries.capacity() <= 4 * SHORT);
        assert!(registrations.vacant.capacity() <= 4 * SHORT);
    }
}
