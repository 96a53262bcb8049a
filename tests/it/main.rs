//! Behaviour, through the public API only.

mod blocking_calls;
mod drops;
mod files;
mod ledger;
mod load;
mod recursion;
mod semaphore;
mod soundness;
mod transform;
