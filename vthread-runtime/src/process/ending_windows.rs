//! What tells of the end of a process: a look every few milliseconds.
//!
//! Only an OS thread could wait for it, one for each process, which a cancelled wait could not take
//! back.

use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::future::poll_fn;
use std::io;
use std::process::{Child, ExitStatus};

/// The longest time between two looks.
const LONGEST_PAUSE: Duration = Duration::from_millis(16);

/// The watch over a process.
#[derive(Debug, Default)]
pub(super) struct Ending;

impl Ending {
    /// Waits for the end of `child`, which it is the watch over.
    pub(super) async fn of(&mut self, child: &mut Child) -> io::Result<ExitStatus> {
        let mut pause = Duration::from_millis(1);
        loop {
            poll_fn(checkpoint).await;
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            Sleep::for_duration(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
