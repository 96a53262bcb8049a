//! Behaviour, through the public API only.

mod blocking_calls;
mod constructs;
mod drops;
mod ledger;
mod load;
mod recursion;
mod soundness;
