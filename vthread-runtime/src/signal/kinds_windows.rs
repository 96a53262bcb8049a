//! The signals of Windows: those of a console.

use super::SignalKind;
use super::kind::kinds;

/// ctrl-break. The C library names it `SIGBREAK`.
const BREAK: i32 = 21;

kinds! {
    /// `SIGINT`: ctrl-c.
    interrupt = libc::SIGINT, "int";
    /// `SIGBREAK`: ctrl-break.
    ctrl_break = BREAK, "break";
    /// `SIGTERM`: a request to end, which on Windows only the process itself makes, by `raise`.
    terminate = libc::SIGTERM, "term";
}
