//! Counts the instructions of the hot paths under valgrind, and compares them with those on record
//! (`counts.tsv`): a count is the same each time, whatever else the machine does.
//!
//! ```text
//! cargo run --release -p hot_paths              compares; fails above the tolerance
//! cargo run --release -p hot_paths -- record    writes the counts down
//! ```
//!
//! An operation's count is the difference between two runs, one with twice as many, so that start
//! and end of the process do not count. The record names the compiler, the C library and the
//! processor's extensions, on which counts depend: where these differ nothing can be said, and the
//! program says so.

mod count;
mod paths;
mod record;

use paths::PATHS;
use record::{Record, Verdict};
use std::io::Write;
use std::process::ExitCode;

/// Printed by a process that has taken a path.
const TAKEN: &str = "taken";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => compare(),
        ["record"] => {
            let counts = PATHS.iter().map(|path| count::each(path, |_| false));
            let record = Record::of_this_build(counts);
            record.save();
            print!("{record}");
            ExitCode::SUCCESS
        }
        ["take", name, n] => {
            let n = n.parse().expect("a number of operations");
            match paths::take(name, n) {
                Some(()) => print!("{TAKEN}"),
                None => return ExitCode::FAILURE,
            }
            if std::env::var_os("VTHREAD_TRACE").is_some() {
                // Without the timeline in writing, which takes valgrind minutes.
                let _ = std::io::stdout().flush();
                std::process::abort();
            }
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: hot_paths [record]");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> ExitCode {
    let on_record = Record::load();
    let counts = PATHS.iter().map(|path| {
        let good_enough = |count| on_record.agrees(path.name, count);
        count::each(path, good_enough)
    });
    let now = Record::of_this_build(counts);
    print!("{}", on_record.beside(&now));
    match on_record.judge(&now) {
        Verdict::Within => ExitCode::SUCCESS,
        Verdict::NotComparable => {
            println!("!!!!!! INSTRUCTIONS ARE NOT COMPARED: the record was made by another build");
            println!("recorded: {}\nhere:     {}", on_record.made_by, now.made_by);
            ExitCode::SUCCESS
        }
        Verdict::Slower(paths) => {
            println!("more instructions than on record: {}", paths.join(", "));
            ExitCode::FAILURE
        }
    }
}
