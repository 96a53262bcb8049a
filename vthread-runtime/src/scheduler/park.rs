//! Where an idle worker waits. The scheduler owns the trait, the driver implements it.

/// A place to wait for events; at most one worker waits there, the others on their own parkers.
pub(crate) trait Park: Send + Sync {
    /// Waits for I/O, for the next timer or for `unpark`, and wakes every vthread that became
    /// ready. Returns false at once if another thread waits here already.
    fn park(&self) -> bool;
    /// As `park`, without waiting: handles the events that are there.
    fn poll_now(&self) -> bool;
    /// Whether a thread waits here.
    fn is_waited_in(&self) -> bool;
    /// The number of turns so far: completed waits, and polls for events that are there.
    fn n_turns(&self) -> usize;
    /// Ends the wait of the thread in `park`, or the next such wait. Called from any thread.
    fn unpark(&self);
}
