//! The counts on record.

use std::fmt::{self, Display, Formatter, Write};
use std::fs;
use std::path::Path;
use std::process::Command;

/// How much more than on record is let pass.
const TOLERANCE: f64 = 0.02;
/// The same for a path of which a timeline is recorded. How often that looks at the clock depends
/// on the speed of the machine, which valgrind makes fifty times slower.
const OF_A_TIMELINE: f64 = 0.1;

fn tolerance(name: &str) -> f64 {
    match name.ends_with("_recorded") {
        true => OF_A_TIMELINE,
        false => TOLERANCE,
    }
}

const FILE: &str = "counts.tsv";

/// The instructions of each path, and the build that was counted.
pub(crate) struct Record {
    pub(crate) made_by: String,
    counts: Vec<(String, f64)>,
}

/// What a comparison says.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    Within,
    /// The compiler, the C library or the processor is another one.
    NotComparable,
    /// These paths are slower, or are not on record.
    Slower(Vec<String>),
}

impl Record {
    pub(crate) fn of_this_build(counts: impl Iterator<Item = (&'static str, f64)>) -> Self {
        let counts = counts.map(|(name, count)| (name.to_owned(), count));
        Record {
            made_by: made_by(),
            counts: counts.collect(),
        }
    }

    pub(crate) fn load() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        let text =
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Record::parse(&text)
    }

    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let made_by = lines.next().and_then(|line| line.strip_prefix("# "));
        let counts = lines.map(|line| {
            let (name, count) = line.split_once('\t').expect("a name and a count");
            (name.to_owned(), count.parse().expect("a count"))
        });
        Record {
            made_by: made_by.expect("the build that was counted").to_owned(),
            counts: counts.collect(),
        }
    }

    pub(crate) fn save(&self) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        fs::write(&file, self.to_string())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    fn count(&self, name: &str) -> Option<f64> {
        let of_name = |(this, count): &(String, f64)| (this == name).then_some(*count);
        self.counts.iter().find_map(of_name)
    }

    /// Whether `count` instructions of the path `name` are as on record.
    pub(crate) fn agrees(&self, name: &str, count: f64) -> bool {
        let on_record = self.count(name);
        on_record.is_some_and(|on_record| (count / on_record - 1.0).abs() <= tolerance(name))
    }

    /// Whether `count` instructions of the path `name` are no more than on record.
    fn allows(&self, name: &str, count: f64) -> bool {
        let on_record = self.count(name);
        on_record.is_some_and(|on_record| count <= on_record * (1.0 + tolerance(name)))
    }

    pub(crate) fn judge(&self, now: &Record) -> Verdict {
        if self.made_by != now.made_by {
            return Verdict::NotComparable;
        }
        let is_slower = |(name, count): &&(String, f64)| !self.allows(name, *count);
        let slower = now.counts.iter().filter(is_slower);
        let slower: Vec<_> = slower.map(|(name, _)| name.clone()).collect();
        if slower.is_empty() {
            Verdict::Within
        } else {
            Verdict::Slower(slower)
        }
    }

    /// A table of both.
    pub(crate) fn beside(&self, now: &Record) -> String {
        let mut table = format!("{:<18}{:>10}{:>10}\n", "", "on record", "now");
        for (name, count) in &now.counts {
            let on_record = self.count(name);
            let change = on_record.map(|on_record| 100.0 * (count / on_record - 1.0));
            let (on_record, change) = (on_record.unwrap_or(f64::NAN), change.unwrap_or(f64::NAN));
            let _ = writeln!(
                table,
                "{name:<18}{on_record:>10.1}{count:>10.1}  {change:+.2} %"
            );
        }
        table
    }
}

impl Display for Record {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.made_by)?;
        let mut counts = self.counts.iter();
        counts.try_for_each(|(name, count)| writeln!(f, "{name}\t{count:.1}"))
    }
}

/// On what the counts depend, beside the code: the compiler, the C library, and the extensions of
/// the processor by which that chooses its functions.
fn made_by() -> String {
    let compiler = first_line("rustc", &["--version"]);
    let library = first_line("ldd", &["--version"]);
    let library = library.rsplit(' ').next().unwrap_or_default();
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = processor.lines().find(|line| line.starts_with("flags"));
    let extensions = ["erms", "avx2", "avx512f", "fsrm"];
    let has = |name: &&&str| flags.is_some_and(|flags| flags.split(' ').any(|flag| flag == **name));
    let extensions: Vec<_> = extensions.iter().filter(has).copied().collect();
    format!("{compiler}, libc {library}, {}", extensions.join(" "))
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(made_by: &str, yields: f64) -> Record {
        Record {
            made_by: made_by.to_owned(),
            counts: vec![("yield".to_owned(), yields), ("call".to_owned(), 8.0)],
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let written = record("rustc", 123.4);
        let read = Record::parse(&written.to_string());
        assert_eq!(read.made_by, written.made_by);
        assert_eq!(read.counts, written.counts);
    }

    #[test]
    fn more_instructions_than_the_tolerance_are_reported() {
        let on_record = record("rustc", 100.0);
        assert_eq!(on_record.judge(&record("rustc", 101.9)), Verdict::Within);
        assert_eq!(on_record.judge(&record("rustc", 90.0)), Verdict::Within);
        let slower = Verdict::Slower(vec!["yield".to_owned()]);
        assert_eq!(on_record.judge(&record("rustc", 102.1)), slower);
    }

    #[test]
    fn a_timeline_may_look_at_the_clock_more_often() {
        let on_record = Record::parse("# rustc\nyield_recorded\t100.0\n");
        let now = |count: f64| Record::parse(&format!("# rustc\nyield_recorded\t{count}\n"));
        assert_eq!(on_record.judge(&now(109.0)), Verdict::Within);
        let slower = Verdict::Slower(vec!["yield_recorded".to_owned()]);
        assert_eq!(on_record.judge(&now(111.0)), slower);
    }

    #[test]
    fn a_path_without_a_record_is_reported() {
        let on_record = Record::parse("# rustc\nyield\t100.0\n");
        let unknown = Verdict::Slower(vec!["call".to_owned()]);
        assert_eq!(on_record.judge(&record("rustc", 100.0)), unknown);
    }

    #[test]
    fn another_build_is_not_compared() {
        let now = record("another rustc", 500.0);
        assert_eq!(record("rustc", 100.0).judge(&now), Verdict::NotComparable);
    }
}
