//! Behaviour, through the public API only.

// A closure that is called on the spot is a plain frame.
#![allow(clippy::redundant_closure_call)]

mod blocking_calls;
mod catching;
mod cleanup;
mod conservation;
mod constructs;
mod context;
mod drops;
mod enclosures;
mod failures;
mod files;
mod ledger;
mod load;
mod locks;
mod map_concurrent;
mod proxies;
mod races;
mod recursion;
mod rows;
mod semaphore;
mod signals;
mod soundness;
mod streams;
mod swallowed;
mod the_cause;
mod transform;
