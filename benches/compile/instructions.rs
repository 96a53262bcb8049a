//! What `cargo check` costs in instructions of rustc, which do not depend on the load of the
//! machine.
//!
//! This program is its own `RUSTC_WORKSPACE_WRAPPER`: it runs the compiler of the measured package
//! under valgrind, and leaves every other call of the compiler as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::application::{self, Application, Flavour};

/// The file to which the wrapper writes valgrind's counts.
const COUNTS: &str = "VTHREAD_COMPILE_COUNTS";

/// A package of generated functions, and how it is checked.
struct Kind {
    name: &'static str,
    head: &'static str,
    part: &'static str,
    n_parts: usize,
    arguments: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        name: "parser",
        head: include_str!("templates/parser_head.rs.in"),
        part: include_str!("templates/parser_part.rs.in"),
        n_parts: 40,
        arguments: &["check"],
    },
    Kind {
        name: "tests",
        head: include_str!("templates/tests_head.rs.in"),
        part: include_str!("templates/tests_part.rs.in"),
        n_parts: 60,
        arguments: &["check", "--tests"],
    },
];

impl Kind {
    fn generate(&self, flavour: Flavour) -> Result<PathBuf, String> {
        let parts = (0..self.n_parts).map(|i| self.part.replace("$i", &i.to_string()));
        let text = format!("{}{}", self.head, parts.collect::<String>());
        let name = format!("{}-{}", self.name, flavour.name());
        application::write_package(&name, &text, flavour)
    }
}

/// Prints the ratios: of the application, and of packages of one kind each.
pub(crate) fn compare(ours: &Application, theirs: &Application) -> Result<(), String> {
    println!(
        "{:<14} {:>13} {:>13} {:>7}",
        "cargo check", "vthread", "without", "ratio"
    );
    row("application", [&ours.folder, &theirs.folder], &["check"])?;
    for kind in KINDS {
        let ours = kind.generate(Flavour::Vthread)?;
        let theirs = kind.generate(Flavour::Async)?;
        row(kind.name, [&ours, &theirs], kind.arguments)?;
    }
    Ok(())
}

fn row(name: &str, folders: [&Path; 2], arguments: &[&str]) -> Result<(), String> {
    let ours = count(folders[0], arguments)?;
    let theirs = count(folders[1], arguments)?;
    let ratio = ours as f64 / theirs as f64;
    println!(
        "{name:<14} {:>12}M {:>12}M {ratio:>6.2}x",
        ours / 1_000_000,
        theirs / 1_000_000
    );
    Ok(())
}

/// The instructions for the package alone: its dependencies are compiled already.
fn count(folder: &Path, arguments: &[&str]) -> Result<u64, String> {
    application::touch(folder)?;
    let counts = folder.join("counts");
    // One target folder for all: the dependencies are compiled once.
    let target = folder.with_file_name("checked");
    let wrapper = std::env::current_exe().map_err(|error| error.to_string())?;
    let status = Command::new("cargo")
        .args(arguments)
        .args(["--offline", "--quiet"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC_WORKSPACE_WRAPPER", wrapper)
        .env(COUNTS, &counts)
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err(format!("cargo failed in {}", folder.display()));
    }
    let text = fs::read_to_string(&counts).map_err(|error| error.to_string())?;
    let summary = text.lines().find_map(|line| line.strip_prefix("summary: "));
    let number = summary.and_then(|number| number.trim().parse().ok());
    number.ok_or(format!("{} has no sum", counts.display()))
}

/// Runs the compiler as cargo requests, if this process is the wrapper.
pub(crate) fn wrapped() -> Option<ExitCode> {
    let counts = std::env::var_os(COUNTS)?;
    let mut arguments = std::env::args_os().skip(1);
    let rustc = arguments.next()?;
    let arguments: Vec<_> = arguments.collect();
    // Cargo also queries the compiler itself.
    let is_asked = !arguments.iter().any(|argument| {
        argument == "--emit" || { argument.to_string_lossy().starts_with("--emit=") }
    });
    let mut command = match is_asked {
        true => Command::new(rustc),
        false => {
            let mut command = Command::new("valgrind");
            command.args(["--quiet", "--tool=cachegrind", "--cache-sim=no"]);
            command.arg(format!(
                "--cachegrind-out-file={}",
                Path::new(&counts).display()
            ));
            // Not rustup's proxy, which runs another program.
            command.arg(sysroot(&rustc)?.join("bin/rustc"));
            command
        }
    };
    let status = command.args(arguments).status().ok()?;
    Some(match status.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn sysroot(rustc: &std::ffi::OsStr) -> Option<PathBuf> {
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().into())
}
