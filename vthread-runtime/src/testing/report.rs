//! What is wrong with a test that has ended.

use super::spawned::SpawnedVthread;
use crate::base::unwind::{CancelUnwind, Payload};
use crate::program::of_test::Left;
use crate::program::shutdown::BackgroundFailure;
use std::fmt::Write;
use std::panic::resume_unwind;
use std::process::{ExitCode, Termination};

/// The end of a test.
pub(super) struct Ended<R> {
    pub(super) result: Result<R, Payload>,
    /// The dump, if there was a deadlock.
    pub(super) deadlock: Option<String>,
    /// The vthreads that have lived on.
    pub(super) left: Vec<Left>,
    pub(super) failures: Vec<BackgroundFailure>,
}

impl<R: Termination> Ended<R> {
    /// Resumes the panic with which the test has ended, after it has printed the rest.
    ///
    /// # Errors
    /// Whatever else is wrong.
    pub(super) fn judge(self) -> Result<(), String> {
        let mut complaint = String::new();
        if let Some(dump) = &self.deadlock {
            complaint += "a deadlock: no vthread of the test can run, and no timer, helper thread or socket \
                          is left that could wake one\n";
            complaint += dump;
        }
        let has_left = !self.left.is_empty();
        if has_left {
            complaint +=
                "the test has ended before vthreads that it spawned outside of its groups:\n";
        }
        for left in self.left {
            let waits = left.waits;
            let vthread = SpawnedVthread::new(left.name, left.site);
            let _ = writeln!(complaint, "    {vthread}, waits {waits}");
        }
        if has_left {
            complaint += "let the test join or cancel their tasks, or spawn what serves the test into a group \
                          around it, by `spawn!(service => { .. })`\n";
        }
        for failure in &self.failures {
            let _ = writeln!(complaint, "{failure}");
        }
        match self.result {
            Err(payload) if payload.is::<CancelUnwind>() => {
                if complaint.is_empty() {
                    complaint += "the test was cancelled by the shutdown of the process";
                }
            }
            Err(payload) => {
                if !complaint.is_empty() {
                    eprintln!("\nvthread: {complaint}");
                }
                resume_unwind(payload);
            }
            Ok(value) => {
                if value.report() != ExitCode::SUCCESS {
                    complaint += "the test has returned an error";
                }
            }
        }
        match complaint.is_empty() {
            true => Ok(()),
            false => Err(complaint),
        }
    }
}
