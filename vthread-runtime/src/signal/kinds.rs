//! The signals of Unix.

use super::SignalKind;
use super::kind::kinds;

kinds! {
    /// `SIGALRM`: a timer of the system's has run out.
    alarm = libc::SIGALRM, "alrm";
    /// `SIGCHLD`: the state of a child process has changed.
    child = libc::SIGCHLD, "chld";
    /// `SIGHUP`: the terminal is gone; to a service, by custom: read the configuration again.
    hangup = libc::SIGHUP, "hup";
    /// `SIGINT`: ctrl-c.
    interrupt = libc::SIGINT, "int";
    /// `SIGIO`: a descriptor is ready, for programs that have asked to be told so.
    io = libc::SIGIO, "io";
    /// `SIGPIPE`: the other end of a pipe or a connection is gone. Rust programs ignore it from
    /// the start.
    pipe = libc::SIGPIPE, "pipe";
    /// `SIGQUIT`: ctrl-\.
    quit = libc::SIGQUIT, "quit";
    /// `SIGTERM`: a supervisor asks the process to end.
    terminate = libc::SIGTERM, "term";
    /// `SIGUSR1`: free for the program's use.
    user_defined1 = libc::SIGUSR1, "usr1";
    /// `SIGUSR2`: free for the program's use.
    user_defined2 = libc::SIGUSR2, "usr2";
    /// `SIGWINCH`: the window of the terminal has changed its size.
    window_change = libc::SIGWINCH, "winch";
}
