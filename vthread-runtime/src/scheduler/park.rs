//! Where an idle worker waits. The scheduler owns the rule, the driver supplies the place.

/// A place to wait for events; at most one worker waits there, the others on their own parkers.
pub(crate) trait Park: Send + Sync {
    /// Waits for I/O, for the next timer or for `unpark`, and wakes every vthread that became
    /// ready. Returns false at once if another thread waits here already.
    fn park(&self) -> bool;
    /// As `park`, without waiting: what is ready now.
    fn poll_now(&self) -> bool;
    /// Whether a thread waits here.
    fn is_waited_in(&self) -> bool;
    /// How many turns there have been: waits that are over, and looks at what is ready.
    fn n_turns(&self) -> usize;
    /// Ends the wait of the thread in `park`, or the next such wait. Called from any thread.
    fn unpark(&self);
}
