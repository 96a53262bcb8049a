//! Signals to a process.

use super::child::Child;
use crate::signal::SignalKind;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::io;

impl Child {
    /// Sends it a signal.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] if it has ended and was waited for, or there is no such
    /// signal; what the system says.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use std::os::unix::process::ExitStatusExt;
    /// use vthread::process::Command;
    /// use vthread::signal::SignalKind;
    ///
    /// let mut sleep = Command::new("sleep").arg("60").spawn()?;
    /// sleep.signal(SignalKind::terminate())?;
    /// assert_eq!(sleep.wait().block()?.signal(), Some(15));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn signal(&self, kind: SignalKind) -> io::Result<()> {
        Ok(kill_process(self.pid()?, number(kind)?)?)
    }

    /// Sends a signal to all processes of its group, if it was started with a [group of its
    /// own](super::Command::process_group).
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] if it has no group of its own, has ended and was waited for,
    /// or there is no such signal; what the system says.
    pub fn signal_group(&self, kind: SignalKind) -> io::Result<()> {
        if !self.killing.has_group {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the process has no group of its own: start it with `process_group(0)`",
            ));
        }
        Ok(kill_process_group(self.pid()?, number(kind)?)?)
    }

    /// Its number, which is its own as long as it was not collected.
    fn pid(&self) -> io::Result<Pid> {
        let child = self.child.as_ref().filter(|_| self.status.is_none());
        child.map(Pid::from_child).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "the process has ended and was waited for",
            )
        })
    }
}

fn number(kind: SignalKind) -> io::Result<Signal> {
    Signal::from_named_raw(kind.as_raw()).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Kills the process, or its whole group, unless it was collected. One that has ended already
/// cannot be killed, which is as well.
pub(super) fn kill(child: &Child) {
    if let Ok(pid) = child.pid() {
        let _ = match child.killing.has_group {
            true => kill_process_group(pid, Signal::KILL),
            false => kill_process(pid, Signal::KILL),
        };
    }
}
