//! Chains of calls, each of which is kept once in the process and never freed: so a chain is one
//! reference, equal chains are the same one, and it can be read at any time, from any thread.
//!
//! A chain is built from the inside out, as the polls of a vthread that waits return. The same few
//! chains come again and again, so that adding a call is a look into a table. There are as many
//! chains as a program has ways to reach a place where it waits; should there be far more, calls
//! further out are left out.

use parking_lot::Mutex;
use std::panic::Location;
use std::ptr;
use std::sync::OnceLock;

/// A power of two.
const N_BUCKETS: usize = 4096;
/// How many chains are kept at most.
const MOST: usize = 1 << 20;

/// A call, and those that it has led to.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The call further in.
    pub(crate) inner: Option<&'static Chain>,
    /// The location of the call.
    pub(crate) site: &'static Location<'static>,
    /// The type of the called frame.
    pub(crate) callee: &'static str,
    /// The next chain of the bucket.
    next: OnceLock<&'static Chain>,
}

type Bucket = OnceLock<&'static Chain>;

static BUCKETS: [Bucket; N_BUCKETS] = [const { OnceLock::new() }; N_BUCKETS];

/// How many chains there are. New ones are made under this lock.
static COUNT: Mutex<usize> = Mutex::new(0);

static UNLIKE_ANY: Chain = Chain {
    inner: Some(&UNLIKE_ANY),
    site: Location::caller(),
    callee: "",
    next: OnceLock::new(),
};

impl Chain {
    /// A chain that is around no other.
    pub(crate) const UNLIKE_ANY: &'static Chain = &UNLIKE_ANY;

    /// Whether `inner` is the next call further in.
    #[inline]
    pub(crate) fn is_around(&self, inner: Option<&'static Chain>) -> bool {
        address(self.inner) == address(inner)
    }

    /// The chain of a call at `site` of the function whose frame has the type named by `callee`,
    /// around `inner`.
    pub(crate) fn around(
        inner: Option<&'static Chain>,
        site: &'static Location<'static>,
        callee: fn() -> &'static str,
    ) -> &'static Chain {
        match find(bucket(inner, site), inner, site) {
            Ok(found) => found,
            Err(end) => make(end, inner, site, callee()),
        }
    }

    /// The calls, from the innermost outwards.
    pub(crate) fn outwards(&self) -> Vec<&Chain> {
        let mut calls: Vec<_> = std::iter::successors(Some(self), |call| call.inner).collect();
        calls.reverse();
        calls
    }
}

#[inline]
fn address<T>(of: Option<&'static T>) -> usize {
    of.map_or(0, |of| ptr::from_ref(of).addr())
}

fn bucket(inner: Option<&'static Chain>, site: &'static Location<'static>) -> &'static Bucket {
    let mixed = address(inner).rotate_left(20) ^ address(Some(site));
    let hash = (mixed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    &BUCKETS[(hash >> 52) as usize % N_BUCKETS]
}

/// The chain, or the end of its bucket.
fn find(
    mut at: &'static Bucket,
    inner: Option<&'static Chain>,
    site: &'static Location<'static>,
) -> Result<&'static Chain, &'static Bucket> {
    while let Some(chain) = at.get() {
        if ptr::eq(chain.site, site) && chain.is_around(inner) {
            return Ok(chain);
        }
        at = &chain.next;
    }
    Err(at)
}

#[cold]
fn make(
    end: &'static Bucket,
    inner: Option<&'static Chain>,
    site: &'static Location<'static>,
    callee: &'static str,
) -> &'static Chain {
    let mut count = COUNT.lock();
    // Another thread may have been quicker.
    let end = match find(end, inner, site) {
        Ok(found) => return found,
        Err(end) => end,
    };
    if let (true, Some(inner)) = (*count >= MOST, inner) {
        return inner;
    }
    let chain: &'static Chain = Box::leak(Box::new(Chain {
        inner,
        site,
        callee,
        next: OnceLock::new(),
    }));
    *count += 1;
    // Only the holder of the lock sets it.
    let _ = end.set(chain);
    chain
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn equal_chains_are_the_same_on_all_threads() {
        let sites = [Location::caller(), here()];
        let build = move || {
            let inner = Chain::around(None, sites[0], || "inner");
            Chain::around(Some(inner), sites[1], || "outer")
        };
        let threads = [(); 4].map(|()| std::thread::spawn(build));
        let built = threads.map(|thread| thread.join().unwrap());
        assert!(built.iter().all(|chain| ptr::eq(*chain, built[0])));
        let calls: Vec<_> = built[0].outwards().iter().map(|call| call.callee).collect();
        assert_eq!(calls, ["inner", "outer"]);
        assert!(!Chain::UNLIKE_ANY.is_around(None) && !Chain::UNLIKE_ANY.is_around(built[0].inner));
    }

    #[track_caller]
    fn here() -> &'static Location<'static> {
        Location::caller()
    }
}
