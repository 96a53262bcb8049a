//! A crate's sources, fetched by cargo and copied to a place where they may be changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A copy of a published package, with vthread among its dependencies.
pub(crate) struct Package {
    /// Its name and version.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

impl Package {
    /// Fetches `name@version`, or the newest version of `name`.
    pub(crate) fn fetch(wanted: &str) -> Result<Self, String> {
        let (name, version) = wanted.split_once('@').unwrap_or((wanted, "*"));
        // A version with all three numbers means this one and no newer one.
        let version = match version.split('.').count() {
            3 => format!("={version}"),
            _ => version.to_owned(),
        };
        let metadata = metadata(name, &version)?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let package = packages
            .filter(|package| package["name"] == name)
            .max_by_key(|package| package["version"].as_str())
            .ok_or(format!("{wanted}: cargo knows no such package"))?;
        let text = |field: &str| package[field].as_str().unwrap_or_default().to_owned();
        let source = PathBuf::from(text("manifest_path"));
        let source = source.parent().ok_or("a manifest without a folder")?;
        let name = format!("{name} {}", text("version"));
        let folder = area().join("packages").join(name.replace(' ', "-"));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
        }
        copy(source, &folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let package = Package { name, folder };
        package.depend_on_vthread()?;
        Ok(package)
    }

    /// The Rust files of the library, the programs and the tests.
    pub(crate) fn sources(&self) -> Result<Vec<PathBuf>, String> {
        let mut found = Vec::new();
        for folder in ["src", "tests"] {
            let folder = self.folder.join(folder);
            if folder.is_dir() {
                rust_files(&folder, &mut found).map_err(|error| error.to_string())?;
            }
        }
        found.sort();
        Ok(found)
    }

    fn depend_on_vthread(&self) -> Result<(), String> {
        let path = self.folder.join("Cargo.toml");
        let manifest = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let mut manifest = without_benches(&manifest);
        manifest += &format!("\n[dependencies.vthread]\npath = {:?}\n", workspace());
        if !manifest.lines().any(|line| line.trim() == "[workspace]") {
            manifest += "\n[workspace]\n";
        }
        fs::write(&path, manifest).map_err(|error| error.to_string())
    }
}

/// The manifest without its benches and examples, and without the dependencies that only benches
/// use.
fn without_benches(manifest: &str) -> String {
    let unwanted = [
        "[[bench]]",
        "[[example]]",
        "[dev-dependencies.criterion]",
        "[dev-dependencies.iai]",
        "[profile.",
    ];
    let mut kept = String::new();
    let mut is_kept = true;
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_kept = !unwanted.iter().any(|section| line.starts_with(section));
        }
        if is_kept {
            kept += line;
            kept += "\n";
        }
    }
    kept
}

/// Cargo's metadata of a package that depends on the wanted one.
fn metadata(name: &str, version: &str) -> Result<Value, String> {
    let folder = area().join("fetch").join(name);
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies.wanted]\npackage = {name:?}\nversion = {version:?}\n\n[workspace]\n"
    );
    fs::create_dir_all(folder.join("src"))
        .and_then(|()| fs::write(folder.join("src/lib.rs"), ""))
        .and_then(|()| fs::write(folder.join("Cargo.toml"), manifest))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--quiet"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            // A lock file would keep the dependencies at old versions.
            false if entry.file_name() == "Cargo.lock" => {}
            false => fs::copy(entry.path(), target).map(drop)?,
        }
    }
    Ok(())
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

pub(crate) fn workspace() -> &'static Path {
    let member = Path::new(env!("CARGO_MANIFEST_DIR"));
    member
        .ancestors()
        .nth(2)
        .expect("the member's folder is in the workspace")
}

/// The folder for all files.
pub(crate) fn area() -> PathBuf {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => workspace().join(folder),
        None => workspace().join("target"),
    };
    target.join("annotate")
}
