//! Which functions have the attribute.
//!
//! It is inserted just before the function's visibility, so that lines keep their numbers and other
//! attributes stay above it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, ItemFn};

use crate::package::Package;

const ATTRIBUTE: &str = "#[vthread::vthread] ";

/// A function that may have the attribute.
pub(crate) struct Function {
    pub(crate) file: PathBuf,
    pub(crate) name: String,
    /// The lines from its first attribute to its end.
    lines: (usize, usize),
    /// The position of the attribute.
    at: usize,
    /// The reason why it has given the attribute up.
    pub(crate) given_up: Option<String>,
}

/// The functions of a package, and its files as they were published.
pub(crate) struct Marks {
    pub(crate) functions: Vec<Function>,
    texts: BTreeMap<PathBuf, String>,
    /// The number of functions of a kind that cannot have it: `const`, `extern`, `async` ones,
    /// macros.
    pub(crate) n_skipped: usize,
    /// Files that are not Rust by themselves.
    pub(crate) n_unread: usize,
}

impl Marks {
    /// Finds the functions of the package and puts the attribute on each.
    pub(crate) fn find(package: &Package) -> Result<Self, String> {
        let mut marks = Marks {
            functions: Vec::new(),
            texts: BTreeMap::new(),
            n_skipped: 0,
            n_unread: 0,
        };
        for path in package.sources()? {
            let Ok(text) = fs::read_to_string(&path) else {
                marks.n_unread += 1;
                continue;
            };
            // The positions after it would be different.
            let is_shifted = text.starts_with('\u{feff}') || text.starts_with("#!/");
            let Some(file) = syn::parse_file(&text).ok().filter(|_| !is_shifted) else {
                marks.n_unread += 1;
                continue;
            };
            let mut finder = Finder {
                file: &path,
                functions: &mut marks.functions,
                n_skipped: &mut marks.n_skipped,
            };
            finder.visit_file(&file);
            marks.texts.insert(path, text);
        }
        marks.write()?;
        Ok(marks)
    }

    /// Writes the files, with the attribute where it has not been given up.
    pub(crate) fn write(&self) -> Result<(), String> {
        for (path, text) in &self.texts {
            let mut places: Vec<usize> = self
                .functions
                .iter()
                .filter(|function| function.given_up.is_none() && function.file == *path)
                .map(|function| function.at)
                .collect();
            places.sort_unstable();
            let mut marked = text.clone();
            for place in places.into_iter().rev() {
                marked.insert_str(place, ATTRIBUTE);
            }
            let is_new = fs::read_to_string(path).map_or(true, |written| written != marked);
            if is_new {
                fs::write(path, marked).map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        Ok(())
    }

    /// The function around a line that still has the attribute: the innermost.
    pub(crate) fn around(&mut self, file: &Path, line: usize) -> Option<&mut Function> {
        self.functions
            .iter_mut()
            .filter(|function| function.given_up.is_none() && function.file == file)
            .filter(|function| (function.lines.0..=function.lines.1).contains(&line))
            .min_by_key(|function| function.lines.1 - function.lines.0)
    }

    /// The functions of this name that still have the attribute.
    pub(crate) fn named(&mut self, name: &str) -> impl Iterator<Item = &mut Function> {
        self.functions
            .iter_mut()
            .filter(move |function| function.given_up.is_none() && function.name == name)
    }

    /// The functions of a file that still have the attribute.
    pub(crate) fn of_file(&mut self, file: &Path) -> impl Iterator<Item = &mut Function> {
        self.functions
            .iter_mut()
            .filter(move |function| function.given_up.is_none() && function.file == file)
    }

    pub(crate) fn given_up(&self) -> impl Iterator<Item = (&Function, &str)> {
        let functions = self.functions.iter();
        functions.filter_map(|function| Some((function, function.given_up.as_deref()?)))
    }
}

struct Finder<'a> {
    file: &'a Path,
    functions: &'a mut Vec<Function>,
    n_skipped: &'a mut usize,
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let sig = &item.sig;
        let is_special = sig.constness.is_some() || sig.abi.is_some() || sig.asyncness.is_some();
        if is_special || item.attrs.iter().any(is_foreign) {
            *self.n_skipped += 1;
        } else {
            let first = match &item.vis {
                syn::Visibility::Inherited => sig.span(),
                written => written.span(),
            };
            let whole: Span = item.span();
            self.functions.push(Function {
                file: self.file.to_owned(),
                name: sig.ident.to_string(),
                lines: (whole.start().line, whole.end().line),
                at: first.byte_range().start,
                given_up: None,
            });
        }
        visit::visit_item_fn(self, item);
    }
}

/// The compiler calls such a function itself, or it is a vthread function already.
fn is_foreign(attr: &Attribute) -> bool {
    let known = [
        "bench",
        "panic_handler",
        "proc_macro",
        "proc_macro_attribute",
        "proc_macro_derive",
        "vthread",
    ];
    known.iter().any(|name| attr.path().is_ident(name))
}
