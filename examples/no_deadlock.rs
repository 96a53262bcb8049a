//! A failure surfaces at once, whatever the other children wait for.
//!
//! Some children read FIFOs that never deliver: two have no writer at all, and one would be fed by
//! another child if that child were not waiting itself. Where a read blocks a thread, a task group
//! that has to join such children waits forever, and the error of the last child is never seen.
//! Here it ends them all, and surfaces with the child's name.
//!
//! ```text
//! cargo run --release --example no_deadlock
//! ```

use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;

use vthread::fs;
use vthread::prelude::*;

/// The error, and the file where it happened.
#[derive(Debug)]
struct Failure {
    name: &'static str,
    error: io::Error,
}

#[vthread]
fn read(directory: &Path, name: &'static str) -> Result<String, Failure> {
    fs::read_to_string(directory.join(name)).map_err(|error| Failure { name, error })
}

#[vthread]
fn gather(directory: &Path) -> Result<String, Failure> {
    group! {
        for name in ["silent", "mute"] {
            spawn!(name = name => {
                read(directory, name)?;
            });
        }
        // The next child feeds this one, but it has to receive something first.
        let answer = spawn!(name = "answer" => { read(directory, "answer")? });
        spawn!(name = "oracle" => {
            let question = read(directory, "silent")?;
            let name = "answer";
            fs::write(directory.join(name), question).map_err(|error| Failure { name, error })?;
        });
        spawn!(name = "settings" => {
            read(directory, "settings.toml")?;
        });
        answer.join()
    }
}

fn main() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    let fifos = ["silent", "mute", "answer"].map(|name| directory.path().join(name));
    let made = Command::new("mkfifo").args(fifos).status()?;
    assert!(made.success(), "mkfifo: {made}");

    match gather(directory.path()) {
        Ok(answer) => println!("{answer}"),
        Err(failure) => println!("{failure}"),
    }
    Ok(())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.error)
    }
}
