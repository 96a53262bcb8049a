//! Timers: a clock that counts ticks, a wheel that orders entries by tick, and the lock around it.

mod clock;
pub(crate) mod standing;
mod timers;
mod wheel;
mod when;

pub(crate) use timers::{Bell, Set, Timers};
pub(crate) use when::Seen;
