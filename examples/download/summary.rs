//! The table at the end.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How many pages the table names: the largest ones.
const ROWS: usize = 10;

/// One complete page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) took: Duration,
}

/// A run that succeeded.
#[derive(Debug)]
pub(crate) struct Summary {
    pages: Vec<Page>,
    took: Duration,
    directory: PathBuf,
}

impl Summary {
    /// The summary of `pages`, which were written to `directory` in `took` altogether.
    pub(crate) fn new(mut pages: Vec<Page>, took: Duration, directory: PathBuf) -> Summary {
        pages.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        Summary {
            pages,
            took,
            directory,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.pages[..self.pages.len().min(ROWS)];
        let width = shown
            .iter()
            .map(|page| page.name.len())
            .max()
            .unwrap_or(0)
            .max(14);
        let row = |f: &mut fmt::Formatter<'_>, name: &str, bytes: u64, took: Duration| {
            let rate = bytes as f64 / took.as_secs_f64().max(1e-9);
            let (bytes, took) = (human(bytes), took.as_secs_f64());
            writeln!(
                f,
                "{name:<width$}  {bytes:>10}  {took:>8.3} s  {:>10}/s",
                human(rate as u64)
            )
        };
        writeln!(
            f,
            "{:<width$}  {:>10}  {:>10}  {:>12}",
            "file", "size", "time", "rate"
        )?;
        for page in shown {
            row(f, &page.name, page.bytes, page.took)?;
        }
        let rest = &self.pages[shown.len()..];
        if !rest.is_empty() {
            let bytes = rest.iter().map(|page| page.bytes).sum();
            writeln!(
                f,
                "{:<width$}  {:>10}",
                format!("{} smaller", rest.len()),
                human(bytes)
            )?;
        }
        let bytes = self.pages.iter().map(|page| page.bytes).sum();
        row(f, &format!("{} files", self.pages.len()), bytes, self.took)?;
        writeln!(f, "in {}", self.directory.display())
    }
}

/// A number of bytes, for people.
pub(crate) fn human(bytes: u64) -> String {
    let mut amount = bytes as f64;
    let mut units = ["B", "KiB", "MiB", "GiB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for larger in units {
        if amount < 1024.0 {
            break;
        }
        amount /= 1024.0;
        unit = larger;
    }
    if unit == "B" {
        format!("{bytes} B")
    } else {
        format!("{amount:.1} {unit}")
    }
}
