//! Numbers that are unique in the life of the process, without contention on a shared counter: each
//! OS thread takes a thousand at a time.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many a thread takes at a time.
const BLOCK: u64 = if cfg!(miri) { 32 } else { 1024 };

static NEXT_BLOCK: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// A number that has never been returned before. Never zero.
pub(crate) fn next() -> u64 {
    let mut number = NEXT.get();
    if number.is_multiple_of(BLOCK) {
        number = NEXT_BLOCK.fetch_add(1, Ordering::Relaxed) * BLOCK;
    }
    NEXT.set(number + 1);
    number
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_number_is_given_twice() {
        let n = if cfg!(miri) { 40 } else { 3_000 };
        let take = move || (0..n).map(|_| next()).collect::<Vec<_>>();
        let others = std::thread::spawn(take);
        let mut all: HashSet<u64> = take().into_iter().collect();
        all.extend(others.join().unwrap());
        assert_eq!(all.len(), 2 * n);
        assert!(!all.contains(&0));
    }
}
