//! The timer wheel: which entries are due at which tick, in constant time for each operation.
//!
//! Seven levels of 64 slots. A slot of level 0 is one tick wide, of level 1 it is 64 ticks, and so
//! on, so that the wheel covers 2^42 ticks. Ticks are absolute: an entry stands at the level of the
//! highest base-64 digit in which its tick differs from `now`, in the slot which that digit names.
//! Hence
//!
//! 1. every occupied slot lies ahead: its index is greater than `now`'s digit at that level;
//! 2. whatever stands at a lower level is due before whatever stands at a higher one;
//! 3. both stay true while `now` grows, as long as `now` never passes the start of an occupied
//!    slot.
//!
//! When `now` reaches the start of an occupied slot, its list becomes `opened`. Entries are taken
//! from there one by one: due ones are handed out, the others are linked again at a lower level. So
//! the lock around the wheel can be released between any two of them, however many there are.
#![allow(unsafe_code)] // Entries live in the frames of those who sleep.

use super::when::When;
use crate::base::list::{List, Node};
use std::pin::Pin;
use std::ptr::NonNull;

const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
const LEVELS: usize = 7;

/// The last tick of the wheel, 139 years of milliseconds. Later ones count as this one.
pub(crate) const LAST_TICK: u64 = (1 << (BITS * LEVELS as u32)) - 1;

/// An entry's part of a node: its tick, and the owner's payload.
pub(crate) struct Timer<P> {
    pub(crate) when: When,
    pub(crate) payload: P,
}

/// The node of a timer, which its owner pins in its frame.
pub(crate) type Entry<P> = Node<Timer<P>>;

impl<P> Entry<P> {
    /// An entry that is in no wheel.
    pub(crate) fn unlinked(when: When, payload: P) -> Self {
        Node::new(Timer { when, payload })
    }
}

/// The wheel. It is protected by a lock, which is the lock of all its entries.
pub(crate) struct Wheel<P> {
    /// Everything up to this tick has been handed out, or is in `opened`.
    now: u64,
    levels: Box<[Level<P>; LEVELS]>,
    /// The slot that `now` has reached, without the entries that were taken out.
    opened: List<Timer<P>>,
}

struct Level<P> {
    /// Bit i is set exactly while slot i has entries.
    occupied: u64,
    slots: [List<Timer<P>>; SLOTS],
}

impl<P> Wheel<P> {
    /// An empty wheel that has handed out everything up to tick 0.
    pub(crate) fn new() -> Self {
        let level = || Level {
            occupied: 0,
            slots: [const { List::new() }; SLOTS],
        };
        Wheel {
            now: 0,
            levels: Box::new(std::array::from_fn(|_| level())),
            opened: List::new(),
        }
    }

    /// Links `entry` until `tick` is due. False, and nothing is linked, if it is due already.
    ///
    /// # Safety
    /// `entry` is in no wheel. Its owner calls `remove` before it goes away, unless `pop_due` has
    /// handed it out.
    pub(crate) unsafe fn insert(&mut self, entry: Pin<&Entry<P>>, tick: u64) -> bool {
        let tick = tick.min(LAST_TICK);
        if tick <= self.now {
            return false;
        }
        entry.value().when.set(tick);
        // SAFETY: In no list, pinned, and unlinked before it goes away: the caller's promises.
        unsafe { self.link(NonNull::from(entry.get_ref()), tick) };
        true
    }

    /// Unlinks `entry`.
    ///
    /// # Safety
    /// `entry` is linked in this wheel.
    pub(crate) unsafe fn remove(&mut self, entry: Pin<&Entry<P>>) {
        let entry = entry.get_ref();
        let (level, slot) = self.place(entry.value().when.tick());
        if self.opened.has_at_an_end(entry) {
            // SAFETY: Linked, and `opened` is its list.
            return unsafe { self.opened.remove(NonNull::from(entry)) };
        }
        let level = &mut self.levels[level];
        // SAFETY: It is linked. If `opened` is its list, then it is not at an end of it; otherwise
        // its list is the slot for its tick, by the invariants of the module header.
        unsafe { level.slots[slot].remove(NonNull::from(entry)) };
        if level.slots[slot].is_empty() {
            level.occupied &= !(1 << slot);
        }
    }

    /// The number of entries. It walks over them.
    pub(crate) fn count(&self) -> usize {
        let slots = self.levels.iter().flat_map(|level| &level.slots);
        self.opened.count() + slots.map(List::count).sum::<usize>()
    }

    /// The tick at which to call `pop_due` next: not after the earliest entry's own tick.
    pub(crate) fn next_tick(&self) -> Option<u64> {
        if self.opened.is_empty() {
            self.next_slot().map(|(_, _, start)| start)
        } else {
            Some(self.now)
        }
    }

    /// Unlinks an entry whose tick is `until` or before, and moves the wheel on.
    ///
    /// The entry stays alive as long as the lock around the wheel is held.
    pub(crate) fn pop_due(&mut self, until: u64) -> Option<NonNull<Entry<P>>> {
        let until = until.min(LAST_TICK);
        loop {
            while let Some(entry) = self.opened.pop_front() {
                // SAFETY: Alive, because it was linked until now and the lock is held.
                let tick = unsafe { entry.as_ref() }.value().when.tick();
                if tick <= self.now {
                    return Some(entry);
                }
                // SAFETY: In no list since the line above; its owner's promises of `insert` still
                // hold.
                unsafe { self.link(entry, tick) };
            }
            match self.next_slot() {
                Some((level, slot, start)) if start <= until => {
                    self.now = start;
                    let level = &mut self.levels[level];
                    level.occupied &= !(1 << slot);
                    self.opened = std::mem::replace(&mut level.slots[slot], List::new());
                }
                _ => {
                    self.now = self.now.max(until);
                    return None;
                }
            }
        }
    }

    /// # Safety
    /// As for `List::push_back`, and `tick` is after `now`.
    unsafe fn link(&mut self, entry: NonNull<Entry<P>>, tick: u64) {
        let (level, slot) = self.place(tick);
        let level = &mut self.levels[level];
        // SAFETY: The caller's promises.
        unsafe { level.slots[slot].push_back(entry) };
        level.occupied |= 1 << slot;
    }

    /// The level and the slot for `tick`.
    fn place(&self, tick: u64) -> (usize, usize) {
        let differing = (tick ^ self.now) | 1;
        let level = (u64::BITS - 1 - differing.leading_zeros()) / BITS;
        (level as usize, digit(tick, level as usize))
    }

    /// The first occupied slot: its level, its index and its first tick.
    fn next_slot(&self) -> Option<(usize, usize, u64)> {
        let (index, level) = self
            .levels
            .iter()
            .enumerate()
            .find(|(_, level)| level.occupied != 0)?;
        let slot = level.occupied.trailing_zeros() as usize;
        let shift = BITS * index as u32;
        let higher = (self.now >> (shift + BITS)) << (shift + BITS);
        Some((index, slot, higher | (slot as u64) << shift))
    }
}

impl<P> std::fmt::Debug for Wheel<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let next = self.next_tick();
        f.debug_struct("Wheel")
            .field("now", &self.now)
            .field("next", &next)
            .finish_non_exhaustive()
    }
}

fn digit(tick: u64, level: usize) -> usize {
    (tick >> (BITS * level as u32)) as usize % SLOTS
}

#[cfg(test)]
#[path = "wheel_tests.rs"]
mod tests;
