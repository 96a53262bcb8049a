//! The folded tree as JSON, for the page.

use super::tree::{Line, Member, People, Tree};
use crate::inspect::json::{Object, write_stack};
use crate::task::state::Activity;
use std::fmt;

/// The most lines of an answer.
pub(super) const MOST_LINES: usize = 5000;

/// The lines from above, each with its depth, and of those below one line at most `limit`: then
/// the number of those that are left out. `more` writes other members of the object.
pub(super) fn write(
    people: &People<'_>,
    tree: &Tree,
    limit: usize,
    more: impl FnOnce(&mut Object<'_>) -> fmt::Result,
) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, people, tree, limit, more);
    text
}

/// What is still to be written.
enum Next {
    Line(usize),
    /// So many lines, which stand for so many vthreads and groups.
    LeftOut {
        n_lines: usize,
        n: usize,
    },
}

fn write_all(
    text: &mut String,
    people: &People<'_>,
    tree: &Tree,
    limit: usize,
    more: impl FnOnce(&mut Object<'_>) -> fmt::Result,
) -> fmt::Result {
    let mut object = Object::inside(text);
    object.plain("vthreads", people.snapshot.vthreads.len())?;
    object.plain("groups", people.snapshot.groups.len())?;
    object.plain("found", tree.n_vthreads)?;
    more(&mut object)?;
    object.array("lines", |text| {
        let mut open: Vec<(Next, usize)> = Vec::new();
        below(tree, &tree.top, limit, 0, &mut open);
        let mut n_written = 0;
        while let Some((next, depth)) = open.pop() {
            write_next(text, people, tree, &next, (n_written, depth))?;
            if let Next::Line(line) = next {
                below(tree, &tree.lines[line].below, limit, depth + 1, &mut open);
            }
            n_written += 1;
            if n_written == MOST_LINES && !open.is_empty() {
                let rest = left_out(tree, &open);
                return write_next(text, people, tree, &rest, (n_written, 0));
            }
        }
        Ok(())
    })?;
    object.end();
    Ok(())
}

fn write_next(
    text: &mut String,
    people: &People<'_>,
    tree: &Tree,
    next: &Next,
    (n_written, depth): (usize, usize),
) -> fmt::Result {
    let mut object = Object::begin(text, n_written > 0)?;
    object.plain("depth", depth)?;
    match next {
        Next::Line(line) => write_line(&mut object, people, &tree.lines[*line])?,
        Next::LeftOut { n_lines, n } => {
            object.text("kind", "left out")?;
            object.plain("left_out", n_lines)?;
            object.plain("n", n)?;
        }
    }
    object.end();
    Ok(())
}

/// All that is open, as one.
fn left_out(tree: &Tree, open: &[(Next, usize)]) -> Next {
    let (mut n_lines, mut n) = (0, 0);
    for (next, _) in open {
        match next {
            Next::Line(line) => {
                n_lines += 1;
                n += tree.lines[*line].n;
            }
            Next::LeftOut {
                n_lines: more_lines,
                n: more,
            } => {
                n_lines += more_lines;
                n += more;
            }
        }
    }
    Next::LeftOut { n_lines, n }
}

/// Puts the lines on the stack, the last one first.
fn below(tree: &Tree, lines: &[usize], limit: usize, depth: usize, open: &mut Vec<(Next, usize)>) {
    let (shown, left_out) = lines.split_at(limit.min(lines.len()));
    if !left_out.is_empty() {
        let n = left_out.iter().map(|&line| tree.lines[line].n).sum();
        let n_lines = left_out.len();
        open.push((Next::LeftOut { n_lines, n }, depth));
    }
    open.extend(shown.iter().rev().map(|&line| (Next::Line(line), depth)));
}

fn write_line(object: &mut Object<'_>, people: &People<'_>, line: &Line) -> fmt::Result {
    match line.member {
        Member::Group(group) => {
            let group = &people.snapshot.groups[group];
            object.text("kind", "group")?;
            object.text_or_null("name", line.name.as_ref())?;
            object.text("site", group.site)?;
            object.plain("n", line.n)?;
            object.plain("children", line.figures.n_alive)?;
            object.plain("running", line.figures.n_running)?;
            object.plain("waiting_for_room", line.figures.n_queued)?;
            let limit = (group.limit < usize::MAX).then_some(group.limit);
            object.plain_or_null("limit", limit)?;
            object.plain("failures", line.figures.n_failures)?;
            object.plain("cancelled", line.figures.n_cancelled)
        }
        Member::Vthread(vthread) => {
            let vthread = &people.snapshot.vthreads[vthread];
            object.text("kind", vthread.role.word())?;
            object.text_or_null("name", line.name.as_ref())?;
            object.text_or_null("site", vthread.site)?;
            object.plain("n", line.n)?;
            let id = vthread.task_id.filter(|_| line.n == 1);
            object.plain_or_null("task_id", id)?;
            object.text("state", people.state(vthread))?;
            let waits = vthread.activity == Activity::Waiting;
            let words = waits.then(|| vthread.wait_reason.words());
            object.text_or_null("waits", words)?;
            object.text_or_null("waits_at", vthread.waits_at())?;
            write_stack(object, vthread)?;
            let (least, most) = line.ages.unzip();
            object.plain_or_null("least_age", least.map(|age| age.as_secs_f64()))?;
            object.plain_or_null("age", most.map(|age| age.as_secs_f64()))?;
            object.text_or_null("lock_holder", people.lock_holder(vthread))?;
            object.text_or_null("lock_taken_at", vthread.lock.and_then(|lock| lock.taken_at))?;
            object.plain("cancelled", vthread.is_cancelled())
        }
    }
}
