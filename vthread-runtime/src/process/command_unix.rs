//! What std has in `os::unix::process::CommandExt`.
#![allow(unsafe_code)] // Hands on what the caller promises.

use super::command::Command;
use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;

impl Command {
    /// Sets the user that it runs as.
    pub fn uid(&mut self, id: u32) -> &mut Self {
        self.command.uid(id);
        self
    }

    /// Sets the group of users that it runs as.
    pub fn gid(&mut self, id: u32) -> &mut Self {
        self.command.gid(id);
        self
    }

    /// Sets the name that it sees itself called by.
    pub fn arg0<S: AsRef<OsStr>>(&mut self, arg: S) -> &mut Self {
        self.command.arg0(arg);
        self
    }

    /// Puts it into a group of processes; into one of its own if that is 0.
    pub fn process_group(&mut self, pgroup: i32) -> &mut Self {
        self.command.process_group(pgroup);
        self.killing.has_group = pgroup == 0;
        self
    }

    /// Has `work` done in the new process, before the program begins.
    ///
    /// # Safety
    /// As for [`std::os::unix::process::CommandExt::pre_exec`]: it runs in a copy of this process
    /// that has one thread only, so it may neither allocate nor take locks. It may make no vthread
    /// call.
    pub unsafe fn pre_exec<F>(&mut self, work: F) -> &mut Self
    where
        F: FnMut() -> io::Result<()> + Send + Sync + 'static,
    {
        // SAFETY: By the contract, which is the same.
        unsafe { self.command.pre_exec(work) };
        self
    }

    /// Makes this process the program, with all its vthreads gone; returns only where that fails.
    /// No destructor runs, no `defer!`, and what runs in the background is not ended in order.
    pub fn exec(&mut self) -> io::Error {
        self.command.exec()
    }
}
