//! A process that was started.

use super::ending::Ending;
use super::kill::kill;
use super::output::output;
use super::pipes::{ChildStderr, ChildStdin, ChildStdout};
use super::reaper::reap_later;
use super::{ExitStatus, Output};
use crate::task::call::{Call, suspends};
use crate::task::current::{self, checkpoint};
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::process;

/// A process that was started by a [`Command`](super::Command). As [`std::process::Child`].
///
/// Dropping it neither ends the process nor waits for it. When the process ends it leaves no zombie
/// all the same.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::{Read, Write};
/// use vthread::process::{Command, Stdio};
///
/// let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
/// // In #[vthread] code without the .block()
/// cat.stdin.take().unwrap().write_all(b"words").block()?;
/// let mut text = String::new();
/// cat.stdout.take().unwrap().read_to_string(&mut text).block()?;
/// assert!(cat.wait().block()?.success());
/// assert_eq!(text, "words");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Child {
    /// The end of a pipe that is its standard input, if that was asked for.
    pub stdin: Option<ChildStdin>,
    /// The end of a pipe that is its standard output, if that was asked for.
    pub stdout: Option<ChildStdout>,
    /// The end of a pipe that is its standard error, if that was asked for.
    pub stderr: Option<ChildStderr>,
    /// There until it is dropped.
    pub(super) child: Option<process::Child>,
    /// Whether it has ended, and was collected.
    pub(super) status: Option<ExitStatus>,
    /// What tells of its end, from the first wait on.
    ending: Ending,
    pub(super) killing: Killing,
}

/// What a cancellation does to a process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Killing {
    pub(super) on_cancel: bool,
    /// It leads a group of processes of its own.
    #[cfg(unix)]
    pub(super) has_group: bool,
}

impl Child {
    pub(super) fn new(mut child: process::Child, killing: Killing) -> io::Result<Self> {
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let mut this = Child {
            stdin: None,
            stdout: None,
            stderr: None,
            child: Some(child),
            status: None,
            ending: Ending::default(),
            killing,
        };
        // From here on the process is not left alone if one of them fails.
        this.stdin = stdin.map(ChildStdin::of_ours).transpose()?;
        this.stdout = stdout.map(ChildStdout::of_ours).transpose()?;
        this.stderr = stderr.map(ChildStderr::of_ours).transpose()?;
        Ok(this)
    }

    fn child(&mut self) -> &mut process::Child {
        self.child
            .as_mut()
            .expect("it is there until it is dropped")
    }

    /// Waits for its end. Its standard input is closed before. The answer stays the same ever
    /// after.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the process has ended.
    ///
    /// # Cancellation
    /// The wait ends. The process goes on, unless
    /// [`kill_on_cancel`](super::Command::kill_on_cancel) says otherwise.
    ///
    /// # Errors
    /// What the system says, as for [`std::process::Child::wait`].
    pub fn wait(
        &mut self,
    ) -> Call<io::Result<ExitStatus>, impl Future<Output = io::Result<ExitStatus>> + Send> {
        Call::leaf(self.waited())
    }

    /// The frame of `wait`.
    pub(super) async fn waited(&mut self) -> io::Result<ExitStatus> {
        let mut wait = Wait {
            child: self,
            is_over: false,
        };
        poll_fn(checkpoint).await;
        drop(wait.child.stdin.take());
        let result = wait.child.ended().await;
        wait.is_over = true;
        result
    }

    async fn ended(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.try_wait()? {
            return Ok(status);
        }
        let child = self
            .child
            .as_mut()
            .expect("it is there until it is dropped");
        let status = self.ending.of(child).await?;
        self.status = Some(status);
        Ok(status)
    }

    /// How it has ended, if it has. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// What the system says, as for [`std::process::Child::try_wait`].
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.status = self.child().try_wait()?;
        }
        Ok(self.status)
    }

    /// Waits for its end, and reads meanwhile what it writes to the pipes that are there. Its
    /// standard input is closed before.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the process has ended and the pipes are closed.
    ///
    /// # Cancellation
    /// What was read is lost. The process goes on, unless
    /// [`kill_on_cancel`](super::Command::kill_on_cancel) says otherwise.
    ///
    /// # Errors
    /// What the system says, as for [`std::process::Child::wait_with_output`].
    pub fn wait_with_output(
        self,
    ) -> Call<io::Result<Output>, impl Future<Output = io::Result<Output>> + Send> {
        Call::leaf(output(self))
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child
            .as_ref()
            .expect("it is there until it is dropped")
            .id()
    }

    /// Ends it, on Unix by `SIGKILL`. It has not ended when this returns: wait for it.
    ///
    /// # Errors
    /// What the system says, as for [`std::process::Child::kill`].
    pub fn kill(&mut self) -> io::Result<()> {
        self.child().kill()
    }
}

suspends!(Child: "wait" "wait_with_output");

/// A wait that kills its process, if that was asked for, when it goes away before the process has
/// ended.
struct Wait<'c> {
    child: &'c mut Child,
    is_over: bool,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if !self.is_over && self.child.killing.on_cancel {
            // The process was not collected: the wait, which would have, has not come to its end.
            kill(self.child);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // A frame is dropped because its vthread is cancelled.
        let is_cancelled = current::with(|running| {
            running.is_some_and(|running| running.is_dropping() || running.must_stop())
        });
        if self.killing.on_cancel && is_cancelled {
            kill(self);
        }
        // It writes into no pipe that nothing reads, before it is collected.
        drop((self.stdin.take(), self.stdout.take(), self.stderr.take()));
        if self.status.is_none()
            && let Some(child) = self.child.take()
        {
            reap_later(child, std::mem::take(&mut self.ending));
        }
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("id", &self.id())
            .field("status", &self.status)
            .field("stdin", &self.stdin)
            .field("stdout", &self.stdout)
            .field("stderr", &self.stderr)
            .finish_non_exhaustive()
    }
}
