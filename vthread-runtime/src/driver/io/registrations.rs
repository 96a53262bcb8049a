//! The table from the tokens of the system's poller to what they stand for.
//!
//! A token is an index with a generation, so that an event which was under way when its descriptor
//! went away is not taken for its successor's. (That would be harmless, a readiness too many, but confusing.)

use super::readiness::Readiness;
use mio::Token;
use std::sync::Arc;

const INDEX_BITS: u32 = usize::BITS / 2;
const INDEX_MASK: usize = (1 << INDEX_BITS) - 1;

/// The table.
#[derive(Debug, Default)]
pub(super) struct Registrations {
    entries: Vec<Entry>,
    /// Indices of vacant entries.
    vacant: Vec<usize>,
}

#[derive(Debug, Default)]
struct Entry {
    generation: usize,
    readiness: Option<Arc<Readiness>>,
}

impl Registrations {
    /// Enters `readiness` under a token of its own.
    pub(super) fn insert(&mut self, readiness: Arc<Readiness>) -> Token {
        let index = self.vacant.pop().unwrap_or_else(|| {
            self.entries.push(Entry::default());
            self.entries.len() - 1
        });
        // The last index is left out, so that no token equals the largest number.
        assert!(index < INDEX_MASK, "more sources of I/O than tokens");
        let entry = &mut self.entries[index];
        entry.readiness = Some(readiness);
        Token(entry.generation << INDEX_BITS | index)
    }

    /// What `token` stands for, if it is still there.
    pub(super) fn get(&self, token: Token) -> Option<&Readiness> {
        let entry = self.entries.get(token.0 & INDEX_MASK)?;
        if entry.generation != token.0 >> INDEX_BITS {
            return None;
        }
        entry.readiness.as_deref()
    }

    /// Takes out what `token` stands for. The caller drops it outside the lock.
    pub(super) fn remove(&mut self, token: Token) -> Option<Arc<Readiness>> {
        self.get(token)?;
        let index = token.0 & INDEX_MASK;
        let entry = &mut self.entries[index];
        entry.generation = entry.generation.wrapping_add(1) & INDEX_MASK;
        self.vacant.push(index);
        entry.readiness.take()
    }
}

#[cfg(test)]
mod tests {
    use super::super::readiness::Interest;
    use super::*;

    #[test]
    fn a_token_outlives_its_entry_in_vain() {
        let mut registrations = Registrations::default();
        let readiness = || Arc::new(Readiness::new(Interest::BOTH));
        let first = registrations.insert(readiness());
        let second = registrations.insert(readiness());
        assert!(registrations.remove(first).is_some());
        assert!(registrations.remove(first).is_none());
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
}
