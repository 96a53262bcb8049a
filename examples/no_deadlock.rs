//! A failure surfaces at once, whatever the others wait for.
//!
//! Some children read FIFOs that never deliver: two of nobody's, and one that a sister would feed if she were not
//! waiting herself. Where a read keeps a thread, a task group that must join such children waits for ever,
//! and the error of the last one is never seen. Here it ends them all, and comes out with its name.
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

/// What went wrong, and with which file.
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
        // This one is fed by the next, which would first have to hear something itself.
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
