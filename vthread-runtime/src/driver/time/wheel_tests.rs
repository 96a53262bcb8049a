//! The wheel against a model: a `BTreeMap` from ticks to entries.

use super::*;
use std::collections::BTreeMap;

/// The whole of a wheel's life: entries on the heap, and the model's view of them.
struct Bench {
    wheel: Wheel<usize>,
    entries: Vec<Pin<Box<Entry<usize>>>>,
    linked: BTreeMap<(u64, usize), ()>,
    now: u64,
}

impl Bench {
    fn new() -> Self {
        Bench {
            wheel: Wheel::new(),
            entries: Vec::new(),
            linked: BTreeMap::new(),
            now: 0,
        }
    }

    fn insert(&mut self, tick: u64) -> usize {
        let name = self.entries.len();
        self.entries
            .push(Box::pin(Entry::unlinked(When::new(0, 0), name)));
        // SAFETY: The entry is new, on the heap, and outlives the wheel's use of it.
        let linked = unsafe { self.wheel.insert(self.entries[name].as_ref(), tick) };
        assert_eq!(linked, tick.min(LAST_TICK) > self.now);
        if linked {
            self.linked.insert((tick.min(LAST_TICK), name), ());
        }
        name
    }

    fn remove(&mut self, tick: u64, name: usize) {
        self.linked.remove(&(tick, name)).expect("linked");
        // SAFETY: The model says that it is linked.
        unsafe { self.wheel.remove(self.entries[name].as_ref()) };
    }

    fn pop(&mut self, until: u64) -> Option<(u64, usize)> {
        let Some(entry) = self.wheel.pop_due(until) else {
            self.now = self.now.max(until.min(LAST_TICK));
            return None;
        };
        // SAFETY: The bench owns all entries.
        let timer = unsafe { entry.as_ref() }.value();
        let popped = (timer.when.tick(), timer.payload);
        self.now = self.now.max(popped.0);
        self.linked
            .remove(&popped)
            .expect("an entry is handed out once, and only while it is linked");
        Some(popped)
    }

    /// Everything until `until`, in the order in which the wheel returns it.
    fn drain(&mut self, until: u64) -> Vec<(u64, usize)> {
        let drained: Vec<_> = std::iter::from_fn(|| self.pop(until)).collect();
        assert!(drained.iter().all(|&(tick, _)| tick <= until));
        assert!(
            self.linked
                .keys()
                .all(|&(tick, _)| tick > until.min(LAST_TICK)),
            "nothing due stays"
        );
        drained
    }

    fn check_next(&self) {
        match (self.wheel.next_tick(), self.linked.keys().next()) {
            (Some(next), Some(&(earliest, _))) => assert!(next <= earliest && next >= self.now),
            (None, None) => {}
            (next, earliest) => panic!("next {next:?} but earliest {earliest:?}"),
        }
    }
}

/// A small generator of numbers, so that a failure can be repeated from its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Of any magnitude up to 2^bits.
    fn magnitude(&mut self, bits: u32) -> u64 {
        let shift = 64 - self.next() % u64::from(bits) - 1;
        self.next() >> shift
    }
}

#[test]
fn hands_out_in_order_of_ticks() {
    let mut bench = Bench::new();
    for tick in [5, 1, 64, 63, 65, 4096, 1, 70_000] {
        bench.insert(tick);
    }
    let ticks: Vec<_> = bench.drain(100_000).iter().map(|&(tick, _)| tick).collect();
    assert_eq!(ticks, [1, 1, 5, 63, 64, 65, 4096, 70_000]);
    assert_eq!(bench.wheel.next_tick(), None);
}

#[test]
fn entries_of_one_tick_keep_their_order() {
    let mut bench = Bench::new();
    let names: Vec<_> = (0..10).map(|_| bench.insert(5_000)).collect();
    let popped: Vec<_> = bench.drain(5_000).iter().map(|&(_, name)| name).collect();
    assert_eq!(popped, names);
}

#[test]
fn a_tick_that_has_come_is_refused() {
    let mut bench = Bench::new();
    bench.insert(0);
    bench.drain(10);
    bench.insert(10);
    bench.insert(11);
    assert_eq!(bench.linked.len(), 1);
}

#[test]
fn the_far_future_is_clamped() {
    let mut bench = Bench::new();
    bench.insert(u64::MAX);
    bench.insert(LAST_TICK - 1);
    bench.check_next();
    assert_eq!(bench.drain(LAST_TICK - 2), []);
    assert_eq!(bench.drain(u64::MAX).len(), 2);
}

#[test]
fn removal_while_a_slot_is_open() {
    let mut bench = Bench::new();
    // All of them are in one slot of level 1; popping the first opens it.
    let names: Vec<_> = (0..6).map(|i| bench.insert(64 + i / 3)).collect();
    assert_eq!(bench.pop(64), Some((64, names[0])));
    bench.remove(64, names[1]);
    bench.remove(65, names[4]);
    bench.remove(65, names[5]);
    bench.check_next();
    assert_eq!(bench.drain(65), [(64, names[2]), (65, names[3])]);
}

#[test]
fn agrees_with_a_map() {
    let (n_seeds, n_steps) = if cfg!(miri) { (5, 25) } else { (60, 2_000) };
    for seed in 1..n_seeds {
        let mut random = Random(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let mut bench = Bench::new();
        let range = [4, 9, 20, 43][seed as usize % 4];
        for _ in 0..n_steps {
            match random.next() % 8 {
                0..4 => {
                    let tick = bench.now + random.magnitude(range);
                    bench.insert(tick);
                }
                4..6 => {
                    let nth = random.next() as usize % bench.linked.len().max(1);
                    if let Some((&(tick, name), ())) = bench.linked.iter().nth(nth) {
                        bench.remove(tick, name);
                    }
                }
                6 => {
                    let until = bench.now + random.magnitude(range);
                    // Stops halfway, so that insertion and removal meet an open slot.
                    for _ in 0..random.next() % 3 {
                        bench.pop(until);
                    }
                }
                _ => {
                    let until = bench.now + random.magnitude(range);
                    let expected: Vec<_> = bench
                        .linked
                        .keys()
                        .copied()
                        .take_while(|&(tick, _)| tick <= until)
                        .collect();
                    let mut drained = bench.drain(until);
                    assert!(drained.is_sorted_by_key(|&(tick, _)| tick));
                    drained.sort_unstable();
                    assert_eq!(drained, expected, "seed {seed}");
                }
            }
            bench.check_next();
        }
        bench.drain(u64::MAX);
    }
}
