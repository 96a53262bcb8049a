//! The application, written from the templates in one of two flavours.
//!
//! The marks in a template: `#[suspends]` is `#[vthread]` or nothing, `fn/` is `fn` or `async fn`,
//! `/await` is nothing or `.await`, `#[plain]` goes where there is no `#[vthread]`, `frame/f(..)`
//! names the frame of a call, and lines that begin with `//vthread:` or `//async:` belong to one of
//! the two only. `$N`, `$n` and `$ns` are a noun.

use std::fs;
use std::path::{Path, PathBuf};

/// Each template is written once for each of these.
const NOUNS: &[&str] = &["Order", "Ticket", "Parcel"];

const TEMPLATES: &[(&str, &str)] = &[
    ("store", include_str!("templates/store.rs.in")),
    ("handlers", include_str!("templates/handlers.rs.in")),
    ("report", include_str!("templates/report.rs.in")),
    ("client", include_str!("templates/client.rs.in")),
];

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Flavour {
    Vthread,
    Async,
}

impl Flavour {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Flavour::Vthread => "vthread",
            Flavour::Async => "async",
        }
    }
}

/// A package that has been written.
pub(crate) struct Application {
    pub(crate) folder: PathBuf,
    pub(crate) n_lines: usize,
    pub(crate) n_suspending: usize,
}

impl Application {
    pub(crate) fn generate(flavour: Flavour) -> Result<Self, String> {
        let folder = target().join("compile-bench").join(flavour.name());
        let mut application = Application {
            folder: folder.clone(),
            n_lines: 0,
            n_suspending: 0,
        };
        let write = |path: &str, text: String| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a file in a folder"))
                .and_then(|()| fs::write(&path, text))
                .map_err(|error| format!("{}: {error}", path.display()))
        };
        let mut source = |name: &str, template: &str| {
            application.n_suspending += template.matches("/await").count();
            let text = expand(template, flavour);
            application.n_lines += text.lines().count();
            write(&format!("src/{name}.rs"), text)
        };
        source("support", include_str!("templates/support.rs.in"))?;
        let (mut mods, mut runs, mut sizes) = (String::new(), String::new(), String::new());
        for noun in NOUNS {
            let small = noun.to_lowercase();
            for (name, template) in TEMPLATES {
                let text = template.replace("$ns", &format!("{small}s"));
                let text = text.replace("$n", &small).replace("$N", noun);
                let module = format!("{small}_{name}");
                source(&module, &text)?;
                mods += &format!("mod {module};\n");
                runs += &format!("    total += {module}::run(db)/await?;\n");
                sizes += &format!("            (\"{module}\", {module}::sizes(&db)),\n");
            }
        }
        let main = include_str!("templates/main.rs.in")
            .replace("$mods", &mods)
            .replace("$runs", runs.trim_end())
            .replace("$sizes", sizes.trim_end());
        source("main", &main)?;
        let empty = expand(include_str!("templates/empty.rs.in"), flavour);
        write("examples/empty.rs", empty)?;
        write("Cargo.toml", manifest(flavour))?;
        // The versions that the workspace has locked: nothing is looked up.
        let lock = fs::read_to_string(workspace().join("Cargo.lock"));
        write("Cargo.lock", lock.map_err(|error| error.to_string())?)?;
        Ok(application)
    }
}

/// A package of one file.
pub(crate) fn write_package(
    name: &str,
    template: &str,
    flavour: Flavour,
) -> Result<PathBuf, String> {
    let folder = target().join("compile-bench").join(name);
    let lock = workspace().join("Cargo.lock");
    fs::create_dir_all(folder.join("src"))
        .and_then(|()| fs::write(folder.join("src/main.rs"), expand(template, flavour)))
        .and_then(|()| fs::write(folder.join("Cargo.toml"), manifest(flavour)))
        .and_then(|()| fs::copy(lock, folder.join("Cargo.lock")).map(drop))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Makes cargo compile the package again.
pub(crate) fn touch(folder: &Path) -> Result<(), String> {
    let main = folder.join("src/main.rs");
    let text = fs::read(&main).map_err(|error| error.to_string())?;
    fs::write(&main, text).map_err(|error| error.to_string())
}

fn expand(template: &str, flavour: Flavour) -> String {
    let mut text = String::new();
    let is_vthread = flavour == Flavour::Vthread;
    if is_vthread && template.contains("#[suspends]") {
        text += "#[allow(unused_imports)]\nuse vthread::prelude::*;\n\n";
    }
    let (own, other) = match flavour {
        Flavour::Vthread => ("//vthread: ", "//async: "),
        Flavour::Async => ("//async: ", "//vthread: "),
    };
    for line in template.lines() {
        let line = match (line.trim_start(), is_vthread) {
            (line, _) if line.starts_with(other) => continue,
            ("#[suspends]" | "#[plain]", false) => continue,
            _ => line.replace(own, ""),
        };
        let line = match is_vthread {
            true => line
                .replace("#[suspends]", "#[vthread]")
                .replace("fn/", "fn")
                .replace("/await", "")
                .replace("frame/", "__vthread_"),
            false => line
                .replace("pub fn/", "pub async fn")
                .replace("fn/", "async fn")
                .replace("/await", ".await")
                .replace("frame/", ""),
        };
        text += &line;
        text += "\n";
    }
    // The inner documentation of a module stands before everything else in it.
    match text.find("//!").filter(|&at| at > 0) {
        Some(at) => {
            let (prelude, rest) = text.split_at(at);
            let n_docs = rest.lines().take_while(|line| line.starts_with("//!"));
            let length: usize = n_docs.map(|line| line.len() + 1).sum();
            format!("{}{prelude}{}", &rest[..length], &rest[length..])
        }
        None => text,
    }
}

fn manifest(flavour: Flavour) -> String {
    let dependency = match flavour {
        Flavour::Vthread => format!("vthread = {{ path = {:?} }}\n", workspace()),
        Flavour::Async => String::new(),
    };
    format!(
        "[package]\nname = \"application\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{dependency}\n[profile.release]\nstrip = true\n\n[workspace]\n"
    )
}

fn workspace() -> &'static Path {
    let member = Path::new(env!("CARGO_MANIFEST_DIR"));
    member
        .parent()
        .expect("the member's folder is in the workspace")
}

fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => workspace().join(folder),
        None => workspace().join("target"),
    }
}
