//! The compiler's messages, and the functions that give the attribute up because of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::marks::Marks;
use crate::package::{Package, area};

/// The number of rounds in which errors may lead to others before everything is taken back.
const ROUNDS: usize = 24;

/// The compiler, as it is called for one package.
pub(crate) struct Compiler {
    folder: PathBuf,
    features: String,
}

/// An error and the locations that it names, the most specific first.
pub(crate) struct Diagnosed {
    pub(crate) message: String,
    places: Vec<(PathBuf, usize)>,
}

/// The result of one run of the compiler.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) errors: Vec<Diagnosed>,
    /// How often each lint fires.
    pub(crate) lints: BTreeMap<String, usize>,
}

/// A program with tests.
pub(crate) struct Executable {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl Compiler {
    pub(crate) fn new(package: &Package, features: &str) -> Self {
        Compiler {
            folder: package.folder.clone(),
            features: features.to_owned(),
        }
    }

    /// Checks the library, the programs and the tests.
    pub(crate) fn check(&self) -> Result<Said, String> {
        let messages = self.cargo(&["check", "--profile", "test", "--tests", "--keep-going"])?;
        let mut said = Said::default();
        let mut seen = BTreeSet::new();
        for message in &messages {
            let message = &message["message"];
            let code = message["code"]["code"].as_str().unwrap_or_default();
            let places = self.places(message);
            let text = message["message"].as_str().unwrap_or_default();
            // The library is compiled twice, for itself and for its tests.
            if !seen.insert((code.to_owned(), text.to_owned(), places.clone())) {
                continue;
            }
            match message["level"].as_str() {
                Some("error") if !text.starts_with("aborting due to") => {
                    let code = match code {
                        "" => String::new(),
                        code => format!("{code}: "),
                    };
                    said.errors.push(Diagnosed {
                        message: format!("{code}{text}"),
                        places,
                    });
                }
                Some("warning") if !code.is_empty() => {
                    *said.lints.entry(code.to_owned()).or_default() += 1;
                }
                _ => {}
            }
        }
        Ok(said)
    }

    /// Removes the attribute from functions that do not compile with it, until everything does.
    pub(crate) fn settle(&self, package: &Package, marks: &mut Marks) -> Result<Said, String> {
        for _ in 0..ROUNDS {
            let said = self.check()?;
            if said.errors.is_empty() {
                return Ok(said);
            }
            let ways: [fn(&mut Marks, &Diagnosed) -> usize; 3] =
                [give_up_around, give_up_named, give_up_files];
            let by_a_way = |give_up: fn(&mut Marks, &Diagnosed) -> usize, marks: &mut Marks| {
                let errors = said.errors.iter();
                errors.map(|error| give_up(marks, error)).sum::<usize>()
            };
            let n = ways
                .into_iter()
                .map(|give_up| by_a_way(give_up, marks))
                .find(|&n| n > 0)
                .unwrap_or(0);
            if n == 0 {
                let error = &said.errors[0];
                return Err(format!(
                    "does not compile with vthread among its dependencies: {} ({:?})",
                    error.message, error.places
                ));
            }
            marks.write()?;
        }
        Err(format!(
            "{}: still errors after {ROUNDS} rounds",
            package.name
        ))
    }

    /// Builds the programs with tests.
    pub(crate) fn executables(&self) -> Result<Vec<Executable>, String> {
        let messages = self.cargo(&["test", "--tests", "--no-run"])?;
        let mut found = Vec::new();
        for message in &messages {
            if message["reason"] == "compiler-message" && message["message"]["level"] == "error" {
                return Err(format!("does not build: {}", message["message"]["message"]));
            }
            let is_test = message["profile"]["test"] == true;
            if let (true, Some(path)) = (is_test, message["executable"].as_str()) {
                let target = &message["target"];
                let kind = target["kind"][0].as_str().unwrap_or_default();
                found.push(Executable {
                    name: format!("{kind} {}", target["name"].as_str().unwrap_or_default()),
                    path: path.into(),
                });
            }
        }
        Ok(found)
    }

    /// Cargo's messages about this package.
    fn cargo(&self, arguments: &[&str]) -> Result<Vec<Value>, String> {
        let mut command = Command::new("cargo");
        command
            .args(arguments)
            .args(["--message-format", "json", "--quiet"]);
        if !self.features.is_empty() {
            command.args(["--features", &self.features]);
        }
        let output = command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", area().join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            // The crate's own `deny(warnings)` would turn lints into errors.
            .env("RUSTFLAGS", "--cap-lints=warn")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let messages = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| {
                let manifest = message["manifest_path"].as_str().unwrap_or_default();
                Path::new(manifest).parent() == Some(&self.folder)
            });
        let messages: Vec<Value> = messages.collect();
        let has_error = |message: &Value| message["message"]["level"] == "error";
        if !output.status.success() && !messages.iter().any(has_error) {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        Ok(messages)
    }

    /// The location of a message as the user sees it: at the outermost use of a macro.
    fn places(&self, message: &Value) -> Vec<(PathBuf, usize)> {
        let mut found = Vec::new();
        for is_primary in [true, false] {
            for span in message["spans"].as_array().into_iter().flatten() {
                if span["is_primary"] == is_primary {
                    found.extend(self.place(span));
                }
            }
        }
        for child in message["children"].as_array().into_iter().flatten() {
            found.extend(self.places(child));
        }
        found
    }

    fn place(&self, span: &Value) -> Option<(PathBuf, usize)> {
        let mut span = span;
        while span["expansion"]["span"].is_object() {
            span = &span["expansion"]["span"];
        }
        let file = self.folder.join(span["file_name"].as_str()?);
        let line = span["line_start"].as_u64()?;
        Some((file, usize::try_from(line).ok()?))
    }
}

/// Takes the attribute from the function that contains the error; returns how many gave it up.
fn give_up_around(marks: &mut Marks, error: &Diagnosed) -> usize {
    for (file, line) in &error.places {
        if let Some(function) = marks.around(file, *line) {
            function.given_up = Some(error.message.clone());
            return 1;
        }
    }
    0
}

/// The error stands elsewhere, and names a function that has the attribute.
fn give_up_named(marks: &mut Marks, error: &Diagnosed) -> usize {
    let mut n = 0;
    for name in error.message.split('`').skip(1).step_by(2) {
        let name = name.rsplit("::").next().unwrap_or(name);
        for function in marks.named(name.trim_start_matches("__vthread_")) {
            function.given_up = Some(format!("elsewhere: {}", error.message));
            n += 1;
        }
    }
    n
}

/// Nothing else is known: all functions of the file, or else of all files.
fn give_up_files(marks: &mut Marks, error: &Diagnosed) -> usize {
    let reason = format!("unknown place: {}", error.message);
    let mut n = 0;
    for (file, _) in &error.places {
        for function in marks.of_file(file) {
            function.given_up = Some(reason.clone());
            n += 1;
        }
    }
    if n == 0 {
        for function in &mut marks.functions {
            if function.given_up.is_none() {
                function.given_up = Some(reason.clone());
                n += 1;
            }
        }
    }
    n
}
