//! What std has in `os::windows::process::CommandExt`.

use super::command::Command;
use std::ffi::OsStr;
use std::os::windows::process::CommandExt;

impl Command {
    /// Sets flags with which the process is made.
    pub fn creation_flags(&mut self, flags: u32) -> &mut Self {
        self.command.creation_flags(flags);
        self
    }

    /// Adds text to the command line, as it stands.
    pub fn raw_arg<S: AsRef<OsStr>>(&mut self, text: S) -> &mut Self {
        self.command.raw_arg(text);
        self
    }
}
