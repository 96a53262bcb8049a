//! Behaviour, through the public API only.

// A closure that is called on the spot is a plain frame.
#![allow(clippy::redundant_closure_call)]

mod blocking_calls;
mod cancel_safety;
mod catch_unwind;
mod cleanup;
mod context;
mod deep_recursion;
mod directories;
mod drop_log;
mod drops;
mod dump_forms;
mod dump_stacks;
mod edge_cases;
mod failures;
mod files;
mod first_cause;
mod io;
mod language;
mod load;
mod locks;
mod map_concurrent;
mod marks;
mod metrics;
mod net;
mod processes;
mod proxies;
mod races;
mod selects;
mod semaphore;
mod signals;
mod soundness;
mod std_names;
mod std_traits;
mod streams;
mod swallowed_cancellations;
mod tasks;
mod testing;
mod threads;
mod timeouts_and_shields;
mod vectored_files;
