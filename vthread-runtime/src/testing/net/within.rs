//! The time limits of the operations of a socket.

use crate::net::ready::poll_within;
use crate::time::{Duration, Sleep};
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;

/// Waits for `operation`, at most as long as `limit`.
///
/// # Errors
/// That of the operation, and std's after `limit`.
pub(super) async fn within<T>(
    limit: Option<Duration>,
    operation: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    let mut limit = pin!(limit.map(Sleep::for_duration));
    let mut operation = pin!(operation);
    poll_fn(|cx| {
        let polled = operation.as_mut().poll(cx);
        match limit.as_mut().as_pin_mut() {
            Some(limit) => poll_within(limit, polled, cx),
            None => polled,
        }
    })
    .await
}
