//! The kind of a signal.

use libc::c_int;
use std::io;

/// The kind of a signal: its number, under the names that std-like libraries use.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::signal::SignalKind;
///
/// assert_eq!(SignalKind::interrupt().as_raw(), 2);
/// assert_eq!(SignalKind::from_raw(15), SignalKind::terminate());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalKind(c_int);

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $number:ident;)*) => {
        $($(#[doc = $doc])*
        pub const fn $name() -> Self {
            SignalKind(libc::$number)
        })*
    };
}

impl SignalKind {
    /// The signal with this number.
    pub const fn from_raw(signal: c_int) -> Self {
        SignalKind(signal)
    }

    /// Its number.
    pub const fn as_raw(self) -> c_int {
        self.0
    }

    /// Refuses what no handler can be registered for.
    pub(super) fn must_be_handled(self) -> io::Result<()> {
        if signal_hook_registry::FORBIDDEN.contains(&self.0) {
            let why = format!("signal {} cannot be handled", self.0);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        Ok(())
    }

    kinds! {
        /// `SIGALRM`: a timer of the system's has run out.
        alarm = SIGALRM;
        /// `SIGCHLD`: the state of a child process has changed.
        child = SIGCHLD;
        /// `SIGHUP`: the terminal is gone; to a service, by custom: read the configuration again.
        hangup = SIGHUP;
        /// `SIGINT`: ctrl-c.
        interrupt = SIGINT;
        /// `SIGIO`: a descriptor is ready, for programs that have asked to be told so.
        io = SIGIO;
        /// `SIGPIPE`: the other end of a pipe or a connection is gone. Rust programs ignore it from
        /// the start.
        pipe = SIGPIPE;
        /// `SIGQUIT`: ctrl-\.
        quit = SIGQUIT;
        /// `SIGTERM`: a supervisor asks the process to end.
        terminate = SIGTERM;
        /// `SIGUSR1`: free for the program's use.
        user_defined1 = SIGUSR1;
        /// `SIGUSR2`: free for the program's use.
        user_defined2 = SIGUSR2;
        /// `SIGWINCH`: the window of the terminal has changed its size.
        window_change = SIGWINCH;
    }
}

impl From<c_int> for SignalKind {
    fn from(signal: c_int) -> Self {
        SignalKind(signal)
    }
}

impl From<SignalKind> for c_int {
    fn from(kind: SignalKind) -> c_int {
        kind.0
    }
}
