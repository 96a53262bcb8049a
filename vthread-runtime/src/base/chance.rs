//! Decisions by chance: where a `select!` begins, and in a test with a seed, where a vthread is
//! interrupted.
//!
//! The numbers are those of the OS thread. A test with a seed sets them, so that they are the same
//! whenever it runs.

use std::cell::Cell;

/// The state of an OS thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chance {
    state: u32,
    /// One in so many operations is interrupted. 0: none.
    interrupted: u32,
}

thread_local! {
    static HERE: Cell<Chance> = const {
        Cell::new(Chance {
            state: 0x9E37_79B9,
            interrupted: 0,
        })
    };
}

impl Chance {
    /// Numbers that depend on `seed` only. One in `interrupted` operations is interrupted.
    pub(crate) fn of_seed(seed: u64, interrupted: u32) -> Self {
        let state = Random::new(seed).next() as u32;
        Chance {
            state: state | 1,
            interrupted,
        }
    }

    /// Runs `code` with this as the thread's state.
    pub(crate) fn within<R>(self, code: impl FnOnce() -> R) -> R {
        struct Restore(Chance);
        impl Drop for Restore {
            fn drop(&mut self) {
                HERE.set(self.0);
            }
        }
        let _restore = Restore(HERE.replace(self));
        code()
    }
}

/// A pseudo-random number below `n`: xorshift, so that no branch is favoured.
#[inline]
pub(crate) fn below(n: usize) -> usize {
    let mut here = HERE.get();
    let mut x = here.state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    here.state = x;
    HERE.set(here);
    if n == 0 { 0 } else { x as usize % n }
}

/// Whether the operation that is about to begin is to wait for a turn: by chance, or because the
/// vthread has been interrupted in this poll already. (So no branch of a `select!` that is biased
/// wins over one before it that was interrupted.)
#[cold]
pub(crate) fn interrupts(is_interrupted: bool) -> bool {
    let interrupted = HERE.get().interrupted;
    interrupted != 0 && (is_interrupted || below(interrupted as usize) == 0)
}

/// A stream of pseudo-random numbers that depends on a seed only: SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// A number below `n`, which is not zero.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        // The bias is that of 64 bits.
        (self.next() % n as u64) as usize
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_again() {
        let numbers =
            || Chance::of_seed(7, 3).within(|| [(); 20].map(|()| (below(10), interrupts(false))));
        assert_eq!(numbers(), numbers());
        assert!(numbers().iter().any(|(_, is_interrupted)| *is_interrupted));
        assert!(
            [(); 1000].iter().all(|()| !interrupts(true)),
            "none outside of tests"
        );
    }
}
