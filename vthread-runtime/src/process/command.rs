//! How a process is started.

use super::child::{Child, Killing};
use super::output::output;
use super::{CommandArgs, CommandEnvs, ExitStatus, Output, Stdio};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::ffi::OsStr;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::path::Path;
use std::process;

/// How a process is to be started. As [`std::process::Command`].
///
/// The methods of std's `CommandExt` are its own.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::process::Command;
///
/// // In #[vthread] code without the .block()
/// let output = Command::new("echo").arg("hello").output().block()?;
/// assert_eq!(output.stdout, b"hello\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Command {
    pub(super) command: process::Command,
    is_set: Streams,
    pub(super) killing: Killing,
}

/// Which streams were configured: for the others the default depends on how it is started.
#[derive(Clone, Copy, Default)]
struct Streams {
    stdin: bool,
    stdout: bool,
    stderr: bool,
}

impl Command {
    /// Starts the program of this name, with no arguments, and the environment, directory and
    /// streams of this process.
    pub fn new<S: AsRef<OsStr>>(program: S) -> Self {
        process::Command::new(program).into()
    }

    /// Adds an argument.
    pub fn arg<S: AsRef<OsStr>>(&mut self, arg: S) -> &mut Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&mut self, args: I) -> &mut Self {
        self.command.args(args);
        self
    }

    /// Sets a variable of its environment.
    pub fn env<K: AsRef<OsStr>, V: AsRef<OsStr>>(&mut self, key: K, value: V) -> &mut Self {
        self.command.env(key, value);
        self
    }

    /// Sets variables of its environment.
    pub fn envs<I, K, V>(&mut self, vars: I) -> &mut Self
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        self.command.envs(vars);
        self
    }

    /// Takes a variable out of its environment.
    pub fn env_remove<K: AsRef<OsStr>>(&mut self, key: K) -> &mut Self {
        self.command.env_remove(key);
        self
    }

    /// Gives it none of this process's environment.
    pub fn env_clear(&mut self) -> &mut Self {
        self.command.env_clear();
        self
    }

    /// Sets its working directory.
    pub fn current_dir<P: AsRef<Path>>(&mut self, directory: P) -> &mut Self {
        self.command.current_dir(directory);
        self
    }

    /// Sets its standard input. By default that of this process, and none for
    /// [`output`](Command::output).
    pub fn stdin<T: Into<Stdio>>(&mut self, stdin: T) -> &mut Self {
        self.command.stdin(stdin);
        self.is_set.stdin = true;
        self
    }

    /// Sets its standard output. By default that of this process, and a pipe for
    /// [`output`](Command::output).
    pub fn stdout<T: Into<Stdio>>(&mut self, stdout: T) -> &mut Self {
        self.command.stdout(stdout);
        self.is_set.stdout = true;
        self
    }

    /// Sets its standard error. By default that of this process, and a pipe for
    /// [`output`](Command::output).
    pub fn stderr<T: Into<Stdio>>(&mut self, stderr: T) -> &mut Self {
        self.command.stderr(stderr);
        self.is_set.stderr = true;
        self
    }

    /// Whether the child is killed when a wait for it is cancelled, and when its [`Child`] is
    /// dropped by a cancellation: then the whole group of processes, if it [has one of its
    /// own](Command::process_group). By default it goes on.
    ///
    /// A wait that loses a `select!` is cancelled, too. Where the child shall outlive that, end it
    /// by [`Child::signal`] or [`Child::kill`] instead.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// # use std::time::Duration;
    /// use vthread::process::Command;
    ///
    /// let mut sleep = Command::new("sleep");
    /// sleep.arg("60").kill_on_cancel(true);
    /// // In #[vthread] code: timeout!(Duration::from_secs(1) => sleep.status())
    /// ```
    pub fn kill_on_cancel(&mut self, kill: bool) -> &mut Self {
        self.killing.on_cancel = kill;
        self
    }

    /// Starts the process. Never waits for it, and is no checkpoint; that it is started takes the
    /// system a moment.
    ///
    /// # Errors
    /// What the system says, as for [`std::process::Command::spawn`].
    pub fn spawn(&mut self) -> io::Result<Child> {
        Child::new(self.command.spawn()?, self.killing)
    }

    /// Starts the process and waits for its end. It has the streams of this process, if no others
    /// were set.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the process has ended.
    ///
    /// # Cancellation
    /// The process goes on, unless [`kill_on_cancel`](Command::kill_on_cancel) says otherwise.
    ///
    /// # Errors
    /// What the system says, as for [`std::process::Command::status`].
    pub fn status(
        &mut self,
    ) -> Call<io::Result<ExitStatus>, impl Future<Output = io::Result<ExitStatus>> + Send> {
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            self.spawn()?.waited().await
        })
    }

    /// Starts the process, reads what it writes, and waits for its end. Its streams are pipes, and
    /// its input is empty, where nothing else was set.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the process has ended and its streams are closed.
    ///
    /// # Cancellation
    /// What was read is lost. The process goes on, unless
    /// [`kill_on_cancel`](Command::kill_on_cancel) says otherwise; it finds its streams closed.
    ///
    /// # Errors
    /// What the system says, as for [`std::process::Command::output`].
    pub fn output(
        &mut self,
    ) -> Call<io::Result<Output>, impl Future<Output = io::Result<Output>> + Send> {
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let child = self.spawn_captured()?;
            output(child).await
        })
    }

    fn spawn_captured(&mut self) -> io::Result<Child> {
        let Streams {
            stdin,
            stdout,
            stderr,
        } = self.is_set;
        if !stdin {
            self.command.stdin(Stdio::null());
        }
        if !stdout {
            self.command.stdout(Stdio::piped());
        }
        if !stderr {
            self.command.stderr(Stdio::piped());
        }
        let child = self.spawn();
        // As if nothing had been set, for the next start.
        if !stdin {
            self.command.stdin(Stdio::inherit());
        }
        if !stdout {
            self.command.stdout(Stdio::inherit());
        }
        if !stderr {
            self.command.stderr(Stdio::inherit());
        }
        child
    }

    /// The program.
    pub fn get_program(&self) -> &OsStr {
        self.command.get_program()
    }

    /// Its arguments.
    pub fn get_args(&self) -> CommandArgs<'_> {
        self.command.get_args()
    }

    /// The variables that were set or taken out.
    pub fn get_envs(&self) -> CommandEnvs<'_> {
        self.command.get_envs()
    }

    /// Its working directory, if one was set.
    pub fn get_current_dir(&self) -> Option<&Path> {
        self.command.get_current_dir()
    }

    /// The command of std that this is made of.
    pub fn as_std(&self) -> &process::Command {
        &self.command
    }

    /// The command of std that this is made of. Streams that are set there are not known here: see
    /// [`output`](Command::output).
    pub fn as_std_mut(&mut self) -> &mut process::Command {
        &mut self.command
    }

    /// The command of std that this is made of.
    pub fn into_std(self) -> process::Command {
        self.command
    }
}

suspends!(Command: "status" "output");

impl From<process::Command> for Command {
    fn from(command: process::Command) -> Self {
        Command {
            command,
            is_set: Streams::default(),
            killing: Killing::default(),
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.command.fmt(f)
    }
}
