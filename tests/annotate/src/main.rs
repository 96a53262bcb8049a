//! Puts `#[vthread]` on every function of public crates and reports the differences.
//!
//! ```text
//! cargo run -p annotate -- itoa@1 either@1.13
//! ```
//!
//! The tests of each crate run as published. Then every free function and test gets the attribute,
//! each one that does not compile gives it up again, with its message, and the tests run once more.
//! The program fails when a result has changed, or when a crate cannot be compiled at all.
//!
//! - `--at-most N`: also fails when more than `N` functions of all crates had to give the attribute
//!   up.
//! - `--features A,B`: enables features of the crates.
//!
//! Functions in macros are not found; methods stay as they are, because their plain callers would
//! need `.block()`. The files are in `target/annotate` until the next run.

mod compile;
mod marks;
mod package;
mod report;
mod suite;

use std::process::ExitCode;

use crate::compile::Compiler;
use crate::marks::Marks;
use crate::package::Package;
use crate::report::Report;

const USAGE: &str = "usage: annotate [--at-most N] [--features A,B] NAME[@VERSION]...";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, String> {
    let mut at_most = usize::MAX;
    let mut features = String::new();
    let mut crates = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--at-most" => {
                let number = args.next().and_then(|number| number.parse().ok());
                at_most = number.ok_or(USAGE)?;
            }
            "--features" => features = args.next().ok_or(USAGE)?,
            option if option.starts_with('-') => return Err(USAGE.to_owned()),
            name => crates.push(name.to_owned()),
        }
    }
    if crates.is_empty() {
        return Err(USAGE.to_owned());
    }
    let mut is_fine = true;
    let mut n_given_up = 0;
    let mut rows = Vec::new();
    for name in &crates {
        match annotate(name, &features) {
            Ok(report) => {
                print!("{}", report.details());
                is_fine &= report.changed.is_empty();
                n_given_up += report.marks.given_up().count();
                rows.push(report.row());
            }
            Err(why) => {
                println!("\n== {name}\n{why}");
                is_fine = false;
                rows.push(format!("| {name} | {} |", why.lines().next().unwrap_or("")));
            }
        }
    }
    println!("\n{}", report::HEAD);
    for row in &rows {
        println!("{row}");
    }
    if n_given_up > at_most {
        println!("\n{n_given_up} functions gave the attribute up, and {at_most} may");
        is_fine = false;
    }
    Ok(is_fine)
}

/// One crate, from the registry to its report.
fn annotate(crate_name: &str, features: &str) -> Result<Report, String> {
    let package = Package::fetch(crate_name)?;
    let compiler = Compiler::new(&package, features);
    let plain = compiler.check()?;
    if let Some(error) = plain.errors.first() {
        return Err(format!("does not compile as published: {}", error.message));
    }
    let before = suite::run(&package, &compiler.executables()?)?;
    let mut marks = Marks::find(&package)?;
    let marked = compiler.settle(&package, &mut marks)?;
    let executables = compiler.executables()?;
    let after = suite::run(&package, &executables)?;
    let changed = suite::changed(&package, &executables, &before, &after)?;
    Ok(Report {
        name: package.name.clone(),
        marks,
        n_results: before.len(),
        n_passed: before.values().filter(|result| *result == "ok").count(),
        changed,
        lints: report::lints(&plain.lints, &marked.lints),
    })
}
