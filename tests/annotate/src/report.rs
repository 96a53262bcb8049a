//! The report about a crate.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::marks::Marks;
use crate::suite::Changed;

/// The head of the table.
pub(crate) const HEAD: &str = "\
| crate | functions | with `#[vthread]` | gave up | results | changed | lints |
|---|--:|--:|--:|--:|--:|---|";

/// A crate before and after.
pub(crate) struct Report {
    pub(crate) name: String,
    pub(crate) marks: Marks,
    pub(crate) n_results: usize,
    pub(crate) n_passed: usize,
    pub(crate) changed: Vec<Changed>,
    /// The lints that fire more or less often.
    pub(crate) lints: Vec<String>,
}

impl Report {
    /// Its row of the table.
    pub(crate) fn row(&self) -> String {
        let n = self.marks.functions.len();
        let n_given_up = self.marks.given_up().count();
        let changed = self.changed.len();
        format!(
            "| {} | {n} | {} | {n_given_up} | {} | {changed} | {} |",
            self.name,
            n - n_given_up,
            self.n_results,
            self.lints.join(", ")
        )
    }

    /// The differences, and the functions that gave the attribute up, by message.
    pub(crate) fn details(&self) -> String {
        let mut text = format!(
            "\n== {}: {} functions, {} that cannot have it, {} unread files, {} of {} tests pass\n",
            self.name,
            self.marks.functions.len(),
            self.marks.n_skipped,
            self.marks.n_unread,
            self.n_passed,
            self.n_results
        );
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (function, reason) in self.marks.given_up() {
            let file = function.file.file_name().unwrap_or_default();
            let place = format!("{} in {}", function.name, file.display());
            reasons.entry(reason).or_default().push(place);
        }
        for (reason, functions) in reasons {
            let _ = writeln!(text, "gave up, {reason}");
            for function in functions {
                let _ = writeln!(text, "    {function}");
            }
        }
        for Changed {
            test,
            before,
            after,
        } in &self.changed
        {
            let _ = writeln!(text, "CHANGED {test}: {before}, then {after}");
        }
        for lint in &self.lints {
            let _ = writeln!(text, "lint {lint}");
        }
        text
    }
}

/// The lints of two runs that differ, as `name before->after`.
pub(crate) fn lints(
    before: &BTreeMap<String, usize>,
    after: &BTreeMap<String, usize>,
) -> Vec<String> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let count = |lints: &BTreeMap<String, usize>, name| lints.get(name).copied().unwrap_or(0);
    names
        .into_iter()
        .map(|name| (name, count(before, name), count(after, name)))
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| format!("{name} {before}->{after}"))
        .collect()
}
