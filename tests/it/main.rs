//! Behaviour, through the public API only.

mod blocking_calls;
mod cleanup;
mod constructs;
mod drops;
mod enclosures;
mod ledger;
mod load;
mod recursion;
mod soundness;
mod transform;
