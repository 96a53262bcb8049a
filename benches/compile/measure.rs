//! Measures the two packages in turns, and prints the table.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::application::{self, Application};

/// A measured command: its name in the table, and cargo's arguments.
const STEPS: &[(&str, &[&str])] = &[
    ("cargo check", &["check"]),
    ("debug build", &["build"]),
    ("release build", &["build", "--release"]),
];

pub(crate) fn compare(
    ours: &Application,
    theirs: &Application,
    rounds: usize,
) -> Result<(), String> {
    println!(
        "{:<24} {:>10} {:>10} {:>7}",
        "", "vthread", "async", "ratio"
    );
    for (name, arguments) in STEPS {
        for application in [ours, theirs] {
            cargo(&application.folder, arguments)?;
        }
        let mut times = [Vec::new(), Vec::new()];
        let mut ratios = Vec::new();
        for round in 0..rounds {
            // They take turns at being first.
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            for which in order {
                let application = [ours, theirs][which];
                times[which].push(compile_again(&application.folder, arguments)?);
            }
            ratios.push(times[0][round].as_secs_f64() / times[1][round].as_secs_f64());
        }
        let [vthread, asynchronous] = times.map(median);
        let ratio = median(ratios);
        println!(
            "{name:<24} {:>7} ms {:>7} ms {ratio:>6.2}x",
            vthread.as_millis(),
            asynchronous.as_millis()
        );
    }
    frames(ours, theirs)?;
    binaries(ours, theirs)
}

/// The time that cargo takes for the application alone.
fn compile_again(folder: &Path, arguments: &[&str]) -> Result<Duration, String> {
    application::touch(folder)?;
    let began = Instant::now();
    cargo(folder, arguments)?;
    Ok(began.elapsed())
}

fn cargo(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let done = Command::new("cargo")
        .args(arguments)
        .args(["--offline", "--quiet"])
        .current_dir(folder)
        // Each package has its own folder, which no other command changes.
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    match done.success() {
        true => Ok(()),
        false => Err(format!(
            "cargo {} failed in {}",
            arguments.join(" "),
            folder.display()
        )),
    }
}

/// The sizes of the frames, as the two programs report them.
fn frames(ours: &Application, theirs: &Application) -> Result<(), String> {
    let (ours, theirs) = (sizes(&ours.folder)?, sizes(&theirs.folder)?);
    let mut ratios = Vec::new();
    let mut worst: Option<(f64, &str, usize, usize)> = None;
    for (name, &size) in &ours {
        let other = *theirs.get(name).ok_or(format!("{name} has no equal"))?;
        let ratio = size as f64 / other as f64;
        ratios.push(ratio);
        if worst.is_none_or(|(most, ..)| ratio > most) {
            worst = Some((ratio, name, size, other));
        }
    }
    let (sum, other): (usize, usize) = (ours.values().sum(), theirs.values().sum());
    let n = ours.len();
    row(&format!("sum of {n} frames"), sum, other);
    println!("{:<24} {:>29.2}x", "median of frames", median(ratios));
    if let Some((_, name, size, other)) = worst {
        row(&format!("worst: {name}"), size, other);
    }
    Ok(())
}

fn sizes(folder: &Path) -> Result<HashMap<String, usize>, String> {
    let output = Command::new(folder.join("target/release/application"))
        .arg("sizes")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().map(|line| {
        let (name, size) = line.split_once(' ')?;
        Some((name.to_owned(), size.parse().ok()?))
    });
    lines
        .collect::<Option<_>>()
        .ok_or(format!("not a list of sizes: {text}"))
}

/// What the application adds to a stripped program that has only the runtime.
fn binaries(ours: &Application, theirs: &Application) -> Result<(), String> {
    let mut whole = Vec::new();
    let mut added = Vec::new();
    for application in [ours, theirs] {
        cargo(
            &application.folder,
            &["build", "--release", "--example", "empty"],
        )?;
        let length = |path: &str| {
            let file = application.folder.join("target/release").join(path);
            fs::metadata(file).map(|file| file.len() as usize)
        };
        let full = length("application").map_err(|error| error.to_string())?;
        let empty = length("examples/empty").map_err(|error| error.to_string())?;
        whole.push(full);
        added.push(full.saturating_sub(empty));
    }
    row("program, stripped", whole[0], whole[1]);
    row("without the runtime", added[0], added[1]);
    Ok(())
}

fn row(name: &str, ours: usize, theirs: usize) {
    let ratio = ours as f64 / theirs as f64;
    println!("{name:<24} {ours:>8} B {theirs:>8} B {ratio:>6.2}x");
}

fn median<T: PartialOrd>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("no number is missing"));
    let middle = values.len() / 2;
    values.swap_remove(middle)
}
