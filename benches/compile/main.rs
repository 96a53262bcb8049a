//! What `#[vthread]` costs a user's compiler, beside the same application written with `async`.
//!
//! ```text
//! cargo bench -p vthread-benches --bench compile -- --rounds 9
//! ```
//!
//! An application of 2,000 lines is written twice from the templates beside this file, as a package
//! of vthread and as one of plain futures. The two take turns; the table shows medians, and the
//! ratio is vthread's number over async's. Only the application is compiled again and again: its
//! dependencies are compiled already, and nothing is incremental. `cargo test` does not build this
//! program.
//!
//! `--generate` only writes the packages and prints where. `--instructions` needs valgrind: it
//! counts the instructions of `cargo check` for the application, for a parser and for a crate full
//! of tests, which are written with and without the attribute.

mod application;
mod instructions;
mod measure;

use std::process::ExitCode;

use crate::application::{Application, Flavour};

const USAGE: &str = "usage: compile [--rounds N] [--generate] [--instructions]";

fn main() -> ExitCode {
    if let Some(ended) = instructions::wrapped() {
        return ended;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut rounds = 9;
    let mut only_generates = false;
    let mut counts = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // Cargo passes it to every bench.
            "--bench" => {}
            "--generate" => only_generates = true,
            "--instructions" => counts = true,
            "--rounds" => {
                let number = args.next().and_then(|number| number.parse().ok());
                rounds = number.filter(|&rounds| rounds > 0).ok_or(USAGE)?;
            }
            _ => return Err(USAGE.to_owned()),
        }
    }
    let ours = Application::generate(Flavour::Vthread)?;
    let theirs = Application::generate(Flavour::Async)?;
    for application in [&ours, &theirs] {
        println!(
            "{}: {} lines, {} suspending calls",
            application.folder.display(),
            application.n_lines,
            application.n_suspending
        );
    }
    if only_generates {
        return Ok(());
    }
    if counts {
        return instructions::compare(&ours, &theirs);
    }
    measure::compare(&ours, &theirs, rounds)
}
