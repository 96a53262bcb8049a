//! A file under a temporary name, which is removed unless it is finished.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vthread::prelude::*;

use crate::job::PART_SUFFIX;

/// A file that is being written.
///
/// Its work is done on helper threads, because a disk can be slow. A cancelled vthread does not
/// wait for its helper, which may still be about to create or write the file. So both share the
/// state, and after the vthread has dropped its side nothing is created any more.
#[derive(Debug)]
pub(crate) struct PartFile {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    part: PathBuf,
    target: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// There is no file yet.
    Planned,
    /// The temporary file exists.
    Open(File),
    /// The file is complete and has its final name.
    Finished,
    /// The download ended early: there is no file, and none may be made.
    Abandoned,
}

#[vthread]
impl PartFile {
    /// Starts the file that will be `name` in `directory` once it is finished.
    pub(crate) fn begin(directory: &Path, name: &str) -> io::Result<PartFile> {
        let file = PartFile {
            shared: Arc::new(Shared {
                part: directory.join(format!("{name}{PART_SUFFIX}")),
                target: directory.join(name),
                state: Mutex::new(State::Planned),
            }),
        };
        let shared = Arc::clone(&file.shared);
        vthread::blocking(move || shared.create())?;
        Ok(file)
    }

    /// Writes `bytes` at the end.
    pub(crate) fn append(&self, bytes: Vec<u8>) -> io::Result<()> {
        let shared = Arc::clone(&self.shared);
        vthread::blocking(move || shared.append(&bytes))
    }

    /// Gives the complete file its final name, and replaces any file of that name.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let shared = Arc::clone(&self.shared);
        vthread::blocking(move || shared.finish())
    }
}

impl Drop for PartFile {
    /// Removes an unfinished file. This waits for a write in progress, so that nothing is left when
    /// the group has ended.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        match std::mem::replace(&mut *state, State::Abandoned) {
            State::Open(file) => {
                // Some systems only remove files that are closed.
                drop(file);
                // A destructor can't report this, and can't do more about it.
                let _ = fs::remove_file(&self.shared.part);
            }
            State::Planned | State::Finished | State::Abandoned => {}
        }
    }
}

impl Shared {
    fn create(&self) -> io::Result<()> {
        let mut state = self.lock();
        match *state {
            State::Planned => {
                *state = State::Open(File::create(&self.part)?);
                Ok(())
            }
            _ => Err(abandoned()),
        }
    }

    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        match &mut *self.lock() {
            State::Open(file) => file.write_all(bytes),
            _ => Err(abandoned()),
        }
    }

    fn finish(&self) -> io::Result<()> {
        let mut state = self.lock();
        match *state {
            State::Open(_) => {
                fs::rename(&self.part, &self.target)?;
                *state = State::Finished;
                Ok(())
            }
            _ => Err(abandoned()),
        }
    }

    /// A panic while the lock was held leaves the state valid.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of a helper whose vthread has gone; it is never read.
fn abandoned() -> io::Error {
    io::Error::other("the download was abandoned")
}
