//! What tells of the end of a process: a descriptor of it where the system has such, else
//! `SIGCHLD`.

use crate::driver::{Descriptor, Direction, Interest, Source, Waiting};
use crate::signal::{SignalKind, listen};
use crate::task::current::checkpoint;
use std::future::poll_fn;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, ExitStatus};
use std::task::ready;

/// The watch over a process, from when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Ending {
    watched: Option<Source<ProcessFd>>,
}

/// A descriptor of a process: it is readable when the process has ended.
pub(super) type ProcessFd = Descriptor<OwnedFd>;

impl Ending {
    /// Waits for the end of `child`, which it is the watch over.
    pub(super) async fn of(&mut self, child: &mut Child) -> io::Result<ExitStatus> {
        let Some(watched) = self.watch(child) else {
            return by_signal(child).await;
        };
        let mut waiting = Waiting::new(watched, Direction::Read);
        poll_fn(move |cx| {
            ready!(checkpoint(cx));
            waiting.poll_io(cx, |_| {
                let status = child.try_wait()?;
                status.ok_or_else(|| io::ErrorKind::WouldBlock.into())
            })
        })
        .await
    }

    /// Has the process watched, if the system can. It was not collected yet.
    pub(super) fn watch(&mut self, child: &Child) -> Option<&Source<ProcessFd>> {
        if self.watched.is_none() {
            let process = Descriptor(open(child)?);
            self.watched = Source::new(process, Interest::NONE).ok();
        }
        self.watched.as_ref()
    }
}

/// Where the system has no descriptors of processes: looks whenever a child of this process has
/// ended.
async fn by_signal(child: &mut Child) -> io::Result<ExitStatus> {
    let ends = listen(SignalKind::child())?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        ends.next_signal().await;
    }
}

#[cfg(target_os = "linux")]
fn open(child: &Child) -> Option<OwnedFd> {
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    let flags = PidfdFlags::NONBLOCK;
    let opened = pidfd_open(Pid::from_child(child), flags);
    // Before Linux 5.10 it takes no flags; nothing is read from it anyway.
    let opened = opened.or_else(|_| pidfd_open(Pid::from_child(child), PidfdFlags::empty()));
    opened.ok()
}

#[cfg(not(target_os = "linux"))]
fn open(_: &Child) -> Option<OwnedFd> {
    None
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::task::call::Call;
    use std::process::Command;

    /// The way of systems without descriptors of processes.
    #[test]
    fn the_signal_tells_of_the_end() {
        let mut children = [3, 4].map(|code| {
            let exit = format!("exit {code}");
            Command::new("sh").args(["-c", &exit]).spawn().unwrap()
        });
        for (child, code) in children.iter_mut().zip([3, 4]) {
            let status = Call::leaf(by_signal(child)).block().unwrap();
            assert_eq!(status.code(), Some(code));
        }
    }
}
